// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Modules depend one way, bindings stay in their packages, files stay small. */
class ArchitectureTest {
  /** A file above this is split; half of it is a lot already. */
  private static final long MOST_LINES = 600;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages("gander");

  @Test
  void modulesDependOneWay() {
    String[] order = {"gander.runtime..", "gander.graph..", "gander.models..", "gander.bench.."};
    for (int lower = 0; lower < order.length; lower++) {
      for (int upper = lower + 1; upper < order.length; upper++) {
        noClasses()
            .that()
            .resideInAPackage(order[lower])
            .should()
            .dependOnClassesThat()
            .resideInAPackage(order[upper])
            .check(CLASSES);
      }
    }
  }

  @Test
  void bindingsStayInTheirPackages() {
    noClasses()
        .that()
        .resideOutsideOfPackage("gander.runtime.opencl..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.jocl..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("gander.runtime.cuda..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jcuda..")
        .check(CLASSES);
  }

  @Test
  void pictureAndCommandLineLibrariesStayInTheModels() {
    noClasses()
        .that()
        .resideInAnyPackage("gander.runtime..", "gander.graph..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.awt..", "picocli..", "org.knowm..")
        .check(CLASSES);
  }

  @Test
  void packagesDoNotDependOnEachOtherInCircles() {
    SlicesRuleDefinition.slices()
        .matching("gander.models.(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
    SlicesRuleDefinition.slices()
        .matching("gander.graph.(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void filesAreSmall() throws IOException {
    Path root = Repository.root();
    var tooLong = new ArrayList<String>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file :
          files.filter(f -> f.toString().matches(".*/src/.*\\.java|.*\\.(cl|cu|h)")).toList()) {
        long lines = Files.readAllLines(file).size();
        if (lines > MOST_LINES) {
          tooLong.add(root.relativize(file) + " has " + lines);
        }
      }
    }
    assertTrue(tooLong.isEmpty(), () -> "above " + MOST_LINES + " lines: " + tooLong);
  }

  @Test
  void everySourceNamesItsLicence() throws IOException {
    Path root = Repository.root();
    List<String> without = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file :
          files
              .filter(f -> f.toString().matches(".*/src/.*\\.java|.*/kernels/.*\\.(cl|cu|h)"))
              .filter(f -> !f.toString().contains("/target/"))
              .toList()) {
        if (Files.readAllLines(file).stream()
            .dropWhile(line -> line.startsWith("//!")) // a kernel's header
            .limit(1)
            .noneMatch(line -> line.equals("// SPDX-License-Identifier: Apache-2.0"))) {
          without.add(root.relativize(file).toString());
        }
      }
    }
    assertTrue(without.isEmpty(), () -> "without an SPDX line: " + without);
  }
}
