// SPDX-License-Identifier: Apache-2.0
package gander.bench.bundle;

import gander.runtime.GanderException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/** Links the modules of the running Java that Gander needs to a runtime of their own. */
final class TrimmedJava {
  /** What jdeps says of all jars together, and what reads jars as folders, which is a service. */
  static final List<String> MODULES =
      List.of("java.base", "java.desktop", "java.sql", "jdk.management", "jdk.zipfs");

  private final ToolProvider jlink;

  private TrimmedJava(ToolProvider jlink) {
    this.jlink = jlink;
  }

  /**
   * @throws GanderException if the running Java is not a whole JDK
   */
  static TrimmedJava find() {
    return new TrimmedJava(ToolProvider.findFirst("jlink").orElseThrow(TrimmedJava::incomplete));
  }

  static GanderException incomplete() {
    return new GanderException(
        "the Java in %s has no jlink, so no runtime can be made of it: set JAVA_HOME to a whole JDK, such as Temurin 25 from adoptium.net"
            .formatted(System.getProperty("java.home")));
  }

  /** Links into a folder that is not there yet. */
  void link(Path folder) {
    var said = new StringWriter();
    var writer = new PrintWriter(said);
    // Its classes are not compressed: together with the rest of the archive they shrink more.
    int code =
        jlink.run(
            writer,
            writer,
            "--add-modules",
            String.join(",", MODULES),
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--compress",
            "zip-0",
            "--output",
            folder.toString());
    if (code != 0) {
      throw new GanderException(
          "jlink cannot make a runtime of the Java in %s (%s): set JAVA_HOME to a whole JDK with its jmods, such as Temurin 25 from adoptium.net"
              .formatted(
                  System.getProperty("java.home"),
                  said.toString().strip().replaceAll("\\s+", " ")));
    }
  }
}
