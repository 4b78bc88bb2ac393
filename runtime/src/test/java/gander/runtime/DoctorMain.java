// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

/** Prints what the doctor finds, for tests in a process of its own. */
final class DoctorMain {
  private DoctorMain() {}

  @SuppressWarnings("SystemOut") // the test reads it
  public static void main(String[] arguments) {
    Doctor.findings().forEach(System.out::println);
  }
}
