package io.cairn.client.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.cairn.client.Bytes;
import io.cairn.client.Fault;
import io.cairn.client.FaultPlace;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;
import java.util.Arrays;
import java.util.stream.Collectors;

/** From exceptions to faults. */
final class Faults {
  private Faults() {}

  static Fault of(Throwable cause) {
    StackTraceElement[] stack = cause.getStackTrace();
    String frames =
        Arrays.stream(stack).map(StackTraceElement::toString).collect(Collectors.joining("\n"));
    return new Fault(
        cut(cause.getClass().getName(), Limits.NAME_BYTES_MAX),
        stack.length == 0 ? "" : cut(stack[0].toString(), Limits.FAULT_TEXT_BYTES_MAX),
        0,
        0,
        true,
        cut(String.valueOf(cause.getMessage()), Limits.FAULT_TEXT_BYTES_MAX),
        Bytes.of(Sha256.of(ByteString.copyFromUtf8(frames)).toByteArray()),
        -1,
        0,
        0,
        FaultPlace.nowhere(),
        "",
        0);
  }

  /** The head of a text that a fault can have. */
  static String cut(String text) {
    return cut(text, Limits.FAULT_TEXT_BYTES_MAX);
  }

  /** The head of a text, in at most so many bytes of UTF-8, with no broken character. */
  private static String cut(String text, int bytesMax) {
    String whole = new String(text.getBytes(UTF_8), UTF_8);
    if (whole.getBytes(UTF_8).length <= bytesMax) {
      return whole;
    }
    int end = Math.min(whole.length(), bytesMax);
    while (whole.substring(0, end).getBytes(UTF_8).length > bytesMax
        || Character.isHighSurrogate(whole.charAt(end - 1))) {
      end--;
    }
    return whole.substring(0, end);
  }
}
