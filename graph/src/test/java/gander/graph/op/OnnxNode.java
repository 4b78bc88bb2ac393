// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.ByteArrayOutputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One ONNX operator on tensors, run by ONNX Runtime on the processor: an implementation that shares
 * nothing with this project's.
 *
 * <p>A model of the one node is written as protocol buffers; the numbers of fields are those of
 * {@code onnx.proto}.
 */
final class OnnxNode {
  private static final int IR_VERSION = 10;
  private static final int OPSET = 21;
  private static final int FLOAT = 1; // TensorProto.DataType

  private final String operator;
  private final Map<String, Values> inputs = new LinkedHashMap<>();
  private final Message inputNames = new Message();
  private final Message attributes = new Message();

  OnnxNode(String operator) {
    this.operator = operator;
  }

  /** The next input. */
  OnnxNode input(Values values) {
    String name = "x" + inputs.size();
    inputs.put(name, values);
    inputNames.text(1, name); // NodeProto.input
    return this;
  }

  /** Leaves an optional input out. */
  OnnxNode noInput() {
    inputNames.text(1, "");
    return this;
  }

  // Attributes: a name, one value, and which field of AttributeProto the value is in.

  OnnxNode with(String name, long value) {
    return attribute(new Message().text(1, name).integer(3, value).integer(20, 2));
  }

  OnnxNode with(String name, float value) {
    return attribute(new Message().text(1, name).number(2, value).integer(20, 1));
  }

  OnnxNode with(String name, String value) {
    return attribute(new Message().text(1, name).text(4, value).integer(20, 3));
  }

  OnnxNode with(String name, int... values) {
    var message = new Message().text(1, name);
    Arrays.stream(values).forEach(value -> message.integer(8, value));
    return attribute(message.integer(20, 7));
  }

  private OnnxNode attribute(Message message) {
    attributes.message(5, message); // NodeProto.attribute
    return this;
  }

  /** The first output. */
  Values run() {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    var tensors = new LinkedHashMap<String, OnnxTensor>();
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(model(), options)) {
        for (Map.Entry<String, Values> input : inputs.entrySet()) {
          tensors.put(input.getKey(), tensor(environment, input.getValue()));
        }
        try (OrtSession.Result result = session.run(tensors)) {
          return values((OnnxTensor) result.get(0));
        }
      }
    } catch (OrtException e) {
      throw new IllegalStateException(operator + " failed in ONNX Runtime", e);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Values values) throws OrtException {
    FloatBuffer buffer = FloatBuffer.allocate(values.data().length);
    Arrays.stream(values.data()).forEach(x -> buffer.put((float) x));
    long[] shape = Arrays.stream(values.shape().dims()).asLongStream().toArray();
    return OnnxTensor.createTensor(environment, buffer.flip(), shape);
  }

  private static Values values(OnnxTensor tensor) {
    int[] dims = Arrays.stream(tensor.getInfo().getShape()).mapToInt(Math::toIntExact).toArray();
    FloatBuffer buffer = tensor.getFloatBuffer();
    var data = new double[buffer.remaining()];
    Arrays.setAll(data, buffer::get);
    return new Values(Shape.of(dims), data);
  }

  // The model

  private byte[] model() {
    Message node = new Message().append(inputNames).text(2, "y").text(4, operator);
    Message graph = new Message().message(1, node.append(attributes)).text(2, "graph");
    inputs.forEach((name, values) -> graph.message(11, valueInfo(name, values.shape())));
    graph.message(12, new Message().text(1, "y").message(2, type(new Message())));
    return new Message()
        .integer(1, IR_VERSION)
        .message(7, graph)
        .message(8, new Message().integer(2, OPSET))
        .bytes();
  }

  private static Message valueInfo(String name, Shape shape) {
    var extents = new Message();
    Arrays.stream(shape.dims()).forEach(d -> extents.message(1, new Message().integer(1, d)));
    return new Message().text(1, name).message(2, type(new Message().message(2, extents)));
  }

  /** A TypeProto of floats. */
  private static Message type(Message shape) {
    return new Message().message(1, new Message().integer(1, FLOAT).append(shape));
  }

  /** A protocol buffers message as it grows. */
  private static final class Message {
    private static final int VARINT = 0;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] bytes() {
      return out.toByteArray();
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        out.write((int) ((rest & 0x7F) | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    private void tag(int field, int wireType) {
      varint(((long) field << 3) | wireType);
    }

    Message integer(int field, long value) {
      tag(field, VARINT);
      varint(value);
      return this;
    }

    Message number(int field, float value) {
      tag(field, FIXED32);
      int bits = Float.floatToIntBits(value);
      for (int shift = 0; shift < 32; shift += 8) {
        out.write(bits >>> shift);
      }
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes());
    }

    private Message bytes(int field, byte[] value) {
      tag(field, LENGTH);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    /** The fields of another. */
    Message append(Message other) {
      out.writeBytes(other.bytes());
      return this;
    }
  }
}
