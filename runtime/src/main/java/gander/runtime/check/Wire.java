// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import gander.runtime.catalogue.Problem;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What passes between {@link WorkerProcess} and {@link Worker}: requests through the worker's
 * standard input, as tagged blocks of JSON and raw numbers; answers as lines of JSON.
 */
final class Wire {
  static final int WORKLOAD = 'W';
  static final int RUN = 'R';

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Wire() {}

  /** A workload without its data. */
  record Head(
      Problem problem, String title, List<Integer> words, List<Map<Integer, Integer>> inPlace) {}

  /** A kernel to run on the workload sent last. */
  record Run(String kernel, Map<String, Integer> setting) {}

  static void send(DataOutputStream out, Workload workload, Workload.Data data) throws IOException {
    out.writeByte(WORKLOAD);
    json(out, new Head(workload.problem(), workload.title(), workload.words(), workload.inPlace()));
    out.writeInt(data.inputs().size());
    for (float[] input : data.inputs()) {
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * input.length);
      bytes.asFloatBuffer().put(input);
      block(out, bytes.array());
    }
    out.writeInt(data.outputs().size());
    for (Workload.Expected output : data.outputs()) {
      doubles(out, output.values());
      doubles(out, output.tolerances());
    }
    out.flush();
  }

  /** The data of a head that was read. */
  static Workload.Data data(DataInputStream in) throws IOException {
    var inputs = new ArrayList<float[]>();
    for (int left = in.readInt(); left > 0; left--) {
      ByteBuffer bytes = ByteBuffer.wrap(block(in));
      var input = new float[bytes.capacity() / Float.BYTES];
      bytes.asFloatBuffer().get(input);
      inputs.add(input);
    }
    var outputs = new ArrayList<Workload.Expected>();
    for (int left = in.readInt(); left > 0; left--) {
      outputs.add(new Workload.Expected(doubles(in), doubles(in)));
    }
    return new Workload.Data(inputs, outputs);
  }

  static void send(DataOutputStream out, Run run) throws IOException {
    out.writeByte(RUN);
    json(out, run);
    out.flush();
  }

  private static void json(DataOutputStream out, Object value) throws IOException {
    block(out, JSON.writeValueAsBytes(value));
  }

  static <T> T json(DataInputStream in, Class<T> type) throws IOException {
    return JSON.readValue(block(in), type);
  }

  static String line(Verdict verdict) {
    return JSON.writerFor(Verdict.class).writeValueAsString(verdict);
  }

  static Verdict verdict(String line) {
    return JSON.readValue(line, Verdict.class);
  }

  private static void doubles(DataOutputStream out, double[] values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * values.length);
    bytes.asDoubleBuffer().put(values);
    block(out, bytes.array());
  }

  private static double[] doubles(DataInputStream in) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(block(in));
    var values = new double[bytes.capacity() / Double.BYTES];
    bytes.asDoubleBuffer().get(values);
    return values;
  }

  private static void block(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] block(DataInputStream in) throws IOException {
    var bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }
}
