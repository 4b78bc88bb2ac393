// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A word or a number on the command line that cannot be is refused in one sentence that names it
 * and what could be there instead, before anything is read, compiled or written.
 */
class BadWordsTest {
  @TempDir Path folder;

  private void refused(String named, String command) throws IOException {
    Cli.refused(
        folder,
        List.of(named.split(" & ")),
        (Object[]) command.replace("RUN", folder.resolve("run").toString()).split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'steps' must be at least 1 & not -1 | train gan-mlp --steps -1",
        "'steps' must be at least 1          | train gan-mlp --steps 0",
        "steps & 16777216                    | train gan-mlp --steps 16777217",
        "--steps & 9999999999999999999       | train gan-mlp --steps 9999999999999999999",
        "--batch & 1.5                       | train gan-mlp --batch 1.5",
        "'zdim' must be at least 1           | train gan-mlp --zdim 0",
        "'size' must be at least 1 & not -3  | train gan-mlp --size -3",
        "--seed & 'x'                        | train gan-mlp --seed x",
        "'logEvery' must be at least 1       | train gan-mlp --log-every 0",
        "'learningRate' must be greater      | train gan-mlp --set learningRate=0",
        "'channels' must be 1 & 3 & not 2    | train gan-mlp --set channels=2",
        "'data' has an argument of its own   | train gan-mlp --set data=strokes",
        "'beta1' must be & below 1           | train gan-mlp --set beta1=1",
        "'steps' must be a whole number      | train gan-mlp --set steps=soon",
      })
  void numbersOfATraining(String named, String command) throws IOException {
    refused(named, command + " --device reference --out RUN");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'lsgn' & did you mean 'lsgan'? & class path | train gan-mlp --loss lsgn",
        "'r3' & did you mean 'r1'?                   | train gan-mlp --loss lsgan+r3",
        "no.such.Loss & class path                   | train gan-mlp --loss no.such.Loss",
        "java.util.Random & must implement & GanLoss | train gan-mlp --loss java.util.Random",
        "'adm' & did you mean 'adam'?                | train gan-mlp --set optimizer=adm",
        "'model' has an argument of its own          | train gan-mlp --set model=ae",
        "model 'ae' & leave out loss 'hinge'         | train ae --loss hinge",
        "'ae'                                        | train gan-mlp ae",
        "'hinge' & no target & 'realTarget'          | train gan-mlp --loss hinge --real-target 0.9",
        "'gp' & minibatch discrimination             | train dcgan --loss wgan-gp --minibatch-kernels 9",
        "'gan-mlp' & no batch norm                   | train gan-mlp --virtual-batch-norm g",
        "'vae' & 'featureMatching'                   | train vae --feature-matching",
        "'cgan' & 'drawnClasses'                     | train cgan --drawn-classes",
        "did you mean '--checkpoint-every'           | train gan-mlp --checkpoint-evry 3",
      })
  void namesInATraining(String named, String command) throws IOException {
    refused(named, command + " --device reference --out RUN");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'opncl' & opencl:N & reference & gander devices | train ae --device opncl --out RUN",
        "reference & runs no kernels & --device          | check --device reference",
        "reference & runs no kernels & --device          | tune reduce --device reference",
        "did you mean '--tiny'                           | check --tinny",
        "'reduc' & did you mean 'reduce'                 | check reduc",
        "'reduc' & did you mean 'reduce'                 | kernels reduc",
        "'reduce/cpu_row.cl' & 'reduce/cpu_rows.cl'      | check --kernel reduce/cpu_row.cl",
        "--limit is 0 & at least 1                       | check --limit 0",
        "--jobs is -2 & at least 1                       | check --jobs -2",
        "--setting is for one kernel & --kernel          | check --setting CHUNK=1024",
        "--bare & --in-process                           | check --bare",
        "--arch & --compile-only                         | check --arch sm_80",
        "--compile-only runs nothing & --tiny            | check --compile-only --tiny",
        "--variants is 0 & at least 1                    | tune reduce --variants 0",
        "--rounds is 0 & at least 1                      | bench kernels reduce --rounds 0",
        "'kernel' & did you mean 'kernels'               | bench kernel",
        "--count is 0 & 1 to 10000                       | sample RUN --count 0",
        "--seed & 'x'                                    | sample RUN --seed x",
        "--rtol is -1.0 & 0 or greater                   | replay RUN --rtol -1",
        "--rtol is NaN & 0 or greater                    | replay RUN --rtol NaN",
        "--split & TRAIN & TEST & 'tst'                  | data --split tst",
        "RUN                                             | resume",
        "'kernls' & did you mean 'kernels'               | selftest --device reference --only kernls",
        "--problems is 0 & at least 1                    | selftest --problems 0",
        "--steps is 0 & at least 1                       | selftest --steps 0",
        "has no folder to be in & --out                  | selftest --out RUN/none/s.json",
      })
  void whatOtherCommandsTake(String named, String command) throws IOException {
    refused(named, command);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'opencl:99' does not exist & opencl:0   | train ae --device opencl:99 --out RUN",
        "'R=8888' & the nearest is 'O=           | check reduce --problem R=8888",
        "CHUNK=3 & one of the values & 4096      | check --kernel reduce/cpu_rows.cl --setting CHUNK=3",
        "'CHUNKS=3' & tunables & CHUNK=          | check --kernel reduce/cpu_rows.cl --setting CHUNKS=3",
        "--settings is '0' & from 1 up           | check --settings 0",
        "'gan-mpl' & did you mean 'gan-mlp'      | tune gan-mpl",
        "'gan-mpl' & did you mean 'gan-mlp'      | plan gan-mpl --out RUN",
        "'reduce' & 'R=8888'                     | tune reduce --problem R=8888",
        "'kernels/reduc' & 'kernels/reduce'      | selftest --only kernels/reduc",
      })
  void whatADeviceIsAskedFor(String named, String command) throws IOException {
    OpenCl.info();
    refused(named, command);
  }
}
