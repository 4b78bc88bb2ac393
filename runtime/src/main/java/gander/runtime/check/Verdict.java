// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What a run of a variant on a workload showed. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "verdict")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Verdict.Right.class, name = "right"),
  @JsonSubTypes.Type(value = Verdict.Wrong.class, name = "wrong"),
  @JsonSubTypes.Type(value = Verdict.Overrun.class, name = "overrun"),
  @JsonSubTypes.Type(value = Verdict.InputChanged.class, name = "input changed"),
  @JsonSubTypes.Type(value = Verdict.Unstable.class, name = "unstable"),
  @JsonSubTypes.Type(value = Verdict.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = Verdict.Hanging.class, name = "hanging"),
  @JsonSubTypes.Type(value = Verdict.Crashed.class, name = "crashed")
})
public sealed interface Verdict {
  /** What happened, one sentence without a full stop. */
  String sentence();

  /**
   * Every output is within its tolerance.
   *
   * @param share the largest error as a share of its tolerance
   */
  record Right(double share) implements Verdict {
    @Override
    public String sentence() {
      return "right, with errors up to %.3g of the tolerance".formatted(share);
    }
  }

  /**
   * An output is not what it should be.
   *
   * @param inPlace whether outputs had the memory of inputs
   * @param index of the first wrong element
   * @param ulps floats between what came and what should have come
   * @param wrong how many elements are
   */
  record Wrong(
      String output,
      boolean inPlace,
      int index,
      float got,
      double expected,
      double tolerance,
      long ulps,
      int wrong,
      int elements)
      implements Verdict {
    @Override
    public String sentence() {
      return "%s[%d] is %s but should be %s (tolerance %.3g, %d ULP apart); %d of %d elements are wrong%s"
          .formatted(
              output,
              index,
              got,
              expected,
              tolerance,
              ulps,
              wrong,
              elements,
              inPlace ? ", with outputs in the memory of inputs" : "");
    }
  }

  /**
   * Memory outside a buffer was written.
   *
   * @param buffer the nearest
   * @param offset of the first byte written, from the buffer's begin
   * @param bytes of the buffer
   */
  record Overrun(String buffer, long offset, long bytes) implements Verdict {
    @Override
    public String sentence() {
      return offset < 0
          ? "it writes outside its buffers, %d bytes before the begin of '%s'"
              .formatted(-offset, buffer)
          : "it writes outside its buffers, %d bytes past the end of '%s', which has %d bytes"
              .formatted(offset - bytes, buffer, bytes);
    }
  }

  /** An input was written. */
  record InputChanged(String input, int index) implements Verdict {
    @Override
    public String sentence() {
      return "it changes its input %s[%d]".formatted(input, index);
    }
  }

  /** Two runs gave different bits. */
  record Unstable(String output, boolean inPlace, int index, float first, float second)
      implements Verdict {
    @Override
    public String sentence() {
      return "%s gives %s[%d] = %s and then %s"
          .formatted(
              inPlace ? "it depends on whether outputs have the memory of inputs: it" : "it",
              output,
              index,
              first,
              second);
    }
  }

  /** It did not compile, or the device did not take it. */
  record Refused(String reason) implements Verdict {
    @Override
    public String sentence() {
      return reason;
    }
  }

  /** It did not end. */
  record Hanging(long seconds) implements Verdict {
    @Override
    public String sentence() {
      return "it did not end within %d s and was stopped".formatted(seconds);
    }
  }

  /** It ended the process that ran it. */
  record Crashed(String how) implements Verdict {
    @Override
    public String sentence() {
      return "it ended the process that ran it (%s)".formatted(how);
    }
  }
}
