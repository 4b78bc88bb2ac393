// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
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
    var tooLong = new ArrayList<String>();
    for (Path file : files(".*/src/.*\\.java|.*\\.(cl|cu|h)")) {
      long lines = Files.readAllLines(file).size();
      if (lines > MOST_LINES) {
        tooLong.add(Repository.root().relativize(file) + " has " + lines);
      }
    }
    assertTrue(tooLong.isEmpty(), () -> "above " + MOST_LINES + " lines: " + tooLong);
  }

  @Test
  void everySourceNamesItsLicence() throws IOException {
    List<String> without = new ArrayList<>();
    for (Path file : files(".*/src/.*\\.java|.*/kernels/.*\\.(cl|cu|h)")) {
      if (Files.readAllLines(file).stream()
          .dropWhile(line -> line.startsWith("//!")) // a kernel's header
          .limit(1)
          .noneMatch(line -> line.equals("// SPDX-License-Identifier: Apache-2.0"))) {
        without.add(Repository.root().relativize(file).toString());
      }
    }
    assertTrue(without.isEmpty(), () -> "without an SPDX line: " + without);
  }

  /** Files whose path matches; not those that are built, which come and go. */
  private static List<Path> files(String pattern) throws IOException {
    var files = new ArrayList<Path>();
    Files.walkFileTree(
        Repository.root(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return folder.endsWith("target")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().matches(pattern)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }
}
