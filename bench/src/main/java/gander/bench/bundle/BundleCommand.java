// SPDX-License-Identifier: Apache-2.0
package gander.bench.bundle;

import gander.graph.plan.PlanReport;
import gander.models.cli.CliCommand;
import gander.models.cli.Output;
import gander.models.io.AtomicFile;
import gander.runtime.GanderException;
import gander.runtime.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @Override
  public Integer call() {
    checkSystem(System.getProperty("os.name"), System.getProperty("os.arch"));
    Path folder = out.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(out)) {
      throw new GanderException(
          "%s cannot be the archive: name a file in a folder that is there with --out"
              .formatted(out));
    }
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
          output.progress("learning what a start needs");
          bundle.rehearse(output::note);
          output.progress("compressing");
          pack(bundle.root());
          return out;
        });
    output.line("%s, %s".formatted(out, PlanReport.bytes(size())));
    return 0;
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
