// SPDX-License-Identifier: Apache-2.0
package gander.bench.bundle;

import gander.graph.plan.PlanReport;
import gander.models.cli.CliCommand;
import gander.models.cli.Output;
import gander.models.io.AtomicFile;
import gander.models.run.RunConfig;
import gander.runtime.GanderException;
import gander.runtime.Tool;
import gander.runtime.cuda.Card;
import gander.runtime.cuda.CudaCompiler;
import gander.runtime.cuda.Nvcc;
import gander.runtime.cuda.Nvrtc;
import gander.runtime.jit.ShippedCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Packs Gander so that it runs where there is nothing but a driver. */
@Command(
    name = "bundle",
    mixinStandardHelpOptions = true,
    description =
        "Packs Gander with a Java of its own into one archive, which runs on any Linux machine on x86-64 without a JDK, Maven or a network: unpack it and run gander/gander.")
public final class BundleCommand implements CliCommand {
  @Mixin private Output output = new Output();

  @Option(
      names = "--out",
      paramLabel = "FILE.tar.gz",
      defaultValue = "gander-linux-x86_64.tar.gz",
      description = "the archive, replaced if it is there (gander-linux-x86_64.tar.gz)")
  private Path out = Path.of("");

  @Option(
      names = "--code",
      paramLabel = "MODEL[:KEY=VALUE...]",
      split = ",",
      description =
          "models whose CUDA kernels come along compiled, for machines without a compiler, such as dcgan:data=DIR:batch=64; their training then needs only a driver")
  private List<String> code = List.of();

  @Option(
      names = "--card",
      paramLabel = "CARD",
      split = ",",
      description = "GPUs that --code is for: a100, rtx-4090, h100, h200, b200 (h100)")
  private List<String> cards = List.of("h100");

  @Override
  public Integer call() {
    checkSystem(System.getProperty("os.name"), System.getProperty("os.arch"));
    Path folder = out.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(out)) {
      throw new GanderException(
          "%s cannot be the archive: name a file in a folder that is there with --out"
              .formatted(out));
    }
    List<RunConfig> models = code.stream().map(CompiledModels::config).toList();
    List<Card> known = cards.stream().map(Card::of).toList();
    Optional<CudaCompiler> compiler = models.isEmpty() ? Optional.empty() : compiler();
    TrimmedJava java = TrimmedJava.find();
    Sources sources = Sources.find();
    Tool.inFolder(
        "gander-bundle",
        temporary -> {
          var bundle = new BundleFolder(temporary.resolve("gander"), sources);
          output.progress("linking a Java runtime");
          java.link(bundle.runtime());
          output.progress("copying");
          bundle.fill();
          compiler.ifPresent(found ->
              new CompiledModels(found, known)
                  .write(
                      models,
                      new ShippedCode(bundle.code()),
                      (done, all) ->
                          output.progress("compiled %d of %d kernels".formatted(done, all))));
          output.progress("learning what a start needs");
          bundle.rehearse(output::note);
          output.progress("compressing");
          pack(bundle.root());
          return out;
        });
    output.line("%s, %s".formatted(out, PlanReport.bytes(size())));
    return 0;
  }

  private static Optional<CudaCompiler> compiler() {
    Optional<CudaCompiler> nvrtc = Nvrtc.find().map(found -> found);
    Optional<CudaCompiler> any = nvrtc.or(() -> Nvcc.find().map(found -> found));
    if (any.isEmpty()) {
      throw new GanderException(
          "--code needs NVRTC or nvcc: pip install nvidia-cuda-nvrtc, or install a CUDA toolkit");
    }
    return any;
  }

  /**
   * The natives are for one system, and what is linked is the Java that runs.
   *
   * @throws GanderException if this is another one
   */
  static void checkSystem(String name, String architecture) {
    if (!name.equals("Linux") || !architecture.equals("amd64")) {
      throw new GanderException(
          "a bundle is for Linux on x86-64 and is made there; this is %s on %s"
              .formatted(name, architecture));
    }
  }

  private void pack(Path root) {
    AtomicFile.write(
        out,
        channel -> {
          var gzip = new GZIPOutputStream(Channels.newOutputStream(channel), 1 << 16);
          var tar = new Tar(gzip);
          tar.addAll(root);
          tar.end();
          gzip.finish();
        });
  }

  private long size() {
    try {
      return Files.size(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
