// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.runtime.Dialect;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.KernelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every OpenCL kernel under Oclgrind on tiny problems, on several as it stands, where no access has
 * been optimised away, and on one optimised: nothing is read or written outside a buffer, not even
 * within the padding, nothing is used that was never written, no two work-items race. That such
 * faults are found is shown with kernels that have them.
 */
class OclgrindTest {
  /** Problems of a kernel as it stands, and of one that is optimised. */
  private static final int PROBLEMS = 2;

  private static final int OPTIMISED = 1;

  /** Thousands of rounds for each element: no problem of theirs is tiny, and none has an edge. */
  private static final Set<String> TOO_LONG = Set.of("peak/fma.cl", "peak/gpu_fma.cl");

  @TempDir Path folder;
  private Oclgrind oclgrind;

  @BeforeEach
  void find() {
    oclgrind = new Oclgrind(folder);
  }

  /** What one process is to run. */
  private record Part(String number, List<String> kernels) {}

  /**
   * Kernels share processes; but where a buffer takes the place of one that was freed, Oclgrind
   * takes what was written beyond the old one's end for unwritten. So kernels that read back what
   * they wrote, those with scratch memory, have a process for each problem. Those that cut channels
   * into blocks moved the last one's vectors down once, to before their local memory.
   */
  private static List<Part> parts(List<KernelFile> kernels, int problems) {
    var parts = new ArrayList<Part>();
    for (boolean matmul : new boolean[] {true, false}) {
      parts.add(
          new Part(
              TinyCheck.ALL,
              kernels.stream()
                  .filter(k -> k.scratch().isEmpty() && k.op().equals("matmul") == matmul)
                  .map(KernelFile::path)
                  .toList()));
    }
    kernels.stream()
        .filter(kernel -> !kernel.scratch().isEmpty())
        .flatMap(kernel ->
            IntStream.range(0, problems)
                .mapToObj(i -> new Part(Integer.toString(i), List.of(kernel.path()))))
        .forEach(parts::add);
    kernels.stream()
        .filter(kernel -> kernel.winograd() != null)
        .forEach(kernel -> parts.add(new Part(TinyCheck.BLOCKS, List.of(kernel.path()))));
    return parts;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-cl-opt-disable"})
  void kernelsTouchOnlyWhatIsTheirs(String options) throws Exception {
    int problems = options.isEmpty() ? OPTIMISED : PROBLEMS;
    List<KernelFile> kernels =
        Catalogue.load().kernels().stream()
            .filter(k -> k.dialect() == Dialect.OPENCL && !TOO_LONG.contains(k.path()))
            .toList();
    List<Part> parts = parts(kernels, problems);
    var ran = new TreeSet<String>();
    var faults = new ArrayList<String>();
    int processes = Runtime.getRuntime().availableProcessors();
    try (ExecutorService pool = Executors.newFixedThreadPool(processes)) {
      var reports = new ArrayList<Future<Oclgrind.Report>>();
      for (int i = 0; i < parts.size(); i++) {
        String name = "part" + i;
        Part part = parts.get(i);
        Callable<Oclgrind.Report> run = () -> run(name, options, problems, part);
        reports.add(pool.submit(run));
      }
      for (Future<Oclgrind.Report> report : reports) {
        judge(report.get(), ran, faults);
      }
    }
    assertTrue(faults.isEmpty(), () -> String.join(System.lineSeparator(), faults));
    assertEquals(kernels.stream().map(KernelFile::path).toList(), List.copyOf(ran));
  }

  private Oclgrind.Report run(String name, String options, int problems, Part part)
      throws IOException {
    var words = new ArrayList<Object>(List.of(TinyCheck.class.getName()));
    words.addAll(List.of(oclgrind.log(name), problems, part.number()));
    words.addAll(part.kernels());
    return oclgrind.run(name, options, words.toArray());
  }

  private static void judge(Oclgrind.Report report, Set<String> ran, List<String> faults) {
    boolean told = false;
    for (String line : report.out().lines().toList()) {
      if (line.startsWith(TinyCheck.RIGHT)) {
        ran.add(line.split(" ")[1]);
      } else if (line.startsWith(TinyCheck.WRONG)) {
        faults.add(line);
        told = true;
      }
    }
    boolean ended = report.out().lines().anyMatch(TinyCheck.END::equals);
    if (!told && (!ended || report.code() != 0 || !report.log().isBlank())) {
      faults.add("exit code %d: %s%s".formatted(report.code(), report.out(), report.log()));
    }
  }

  @Test
  void aReadPastTheEndIsFound() throws IOException {
    finds(
        "",
        "Invalid read of size 4",
        """
        //! concat: reads an element behind its input, and does nothing with it
        //! device  opencl
        //! grid    O
        KERNEL void concat(GLOBAL const float* a, GLOBAL const float* b, GLOBAL float* y) {
          const int o = GROUP_X;
          const float behind = a[O * RA * I];
          for (int i = 0; i < (RA + RB) * I; i++) {
            const float v = i < RA * I ? a[o * RA * I + i] : b[o * RB * I + i - RA * I];
            y[o * (RA + RB) * I + i] = v == 1234.5f ? behind : v;
          }
        }
        """);
  }

  @Test
  void aRaceIsFound() throws IOException {
    finds(
        "-cl-opt-disable",
        "data race",
        """
        //! concat: two work-items write the same numbers to the same place
        //! device  opencl
        //! grid    O
        //! block   2
        KERNEL void concat(GLOBAL const float* a, GLOBAL const float* b, GLOBAL float* y) {
          const int o = GROUP_X;
          for (int i = 0; i < (RA + RB) * I; i++) {
            y[o * (RA + RB) * I + i] = i < RA * I ? a[o * RA * I + i] : b[o * RB * I + i - RA * I];
          }
        }
        """);
  }

  /** The command that a person would use finds the fault of a kernel whose results are right. */
  private void finds(String options, String fault, String kernel) throws IOException {
    Path file = Kernels.write(folder, "concat/mine.cl", kernel);
    Oclgrind.Report report =
        oclgrind.run(
            "planted",
            options,
            "gander.models.cli.Gander",
            "check",
            "concat",
            "--kernels",
            folder,
            "--kernel",
            "concat/mine.cl",
            "--device",
            OpenCl.ID,
            "--tiny",
            "--in-process",
            "--bare");
    assertEquals(0, report.code(), report.out());
    assertTrue(report.log().contains(fault), () -> file + ": " + report.log());
  }
}
