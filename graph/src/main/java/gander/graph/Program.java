// SPDX-License-Identifier: Apache-2.0
package gander.graph;

/**
 * A compiled graph on one backend. A run reads the inputs written last and the variables, and
 * replaces the variables it assigns; it allocates nothing.
 *
 * <p>Used from the thread that opened the backend; closed by its owner, before the backend.
 */
public interface Program extends AutoCloseable {
  /** Sets an input of the graph, for this and the following runs. */
  void write(String input, double[] values);

  /** The same from single precision. */
  void write(String input, float[] values);

  /** Queues a run and returns, on a device, before it is done. */
  void run();

  /** Copies an output of the last run into an array of its size, after waiting for it. */
  void read(String output, float[] target);

  /** An output of the last run, after waiting for it. */
  double[] read(String output);

  /** The only element of an output of the last run, after waiting for it. */
  default double readScalar(String output) {
    double[] values = read(output);
    if (values.length != 1) {
      throw new IllegalArgumentException("output '" + output + "' is not one number");
    }
    return values[0];
  }

  /** What the compiler did with the graph, for {@code --explain} and reports. */
  String explain();

  @Override
  void close();
}
