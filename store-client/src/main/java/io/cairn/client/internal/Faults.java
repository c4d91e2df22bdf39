package io.cairn.client.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.cairn.client.Bytes;
import io.cairn.client.Fault;
import io.cairn.client.FaultPlace;
import io.cairn.protocol.FaultTypes;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** From exceptions to faults. */
final class Faults {
  /** In front of a frame whose class came from a jar: the name of the jar's loader. */
  private static final Pattern LOADER = Pattern.compile("^[^/(]*//");

  private Faults() {}

  static Fault of(Throwable cause) {
    StackTraceElement[] stack = cause.getStackTrace();
    String frames =
        Arrays.stream(stack).map(StackTraceElement::toString).collect(Collectors.joining("\n"));
    return new Fault(
        cut(cause.getClass().getName(), Limits.NAME_BYTES_MAX),
        stack.length == 0
            ? ""
            : cut(
                LOADER.matcher(stack[0].toString()).replaceFirst(""), Limits.FAULT_TEXT_BYTES_MAX),
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

  /** What can be said of a failure without asking it: its class. */
  static Fault bare(Throwable cause) {
    String type =
        cause instanceof OutOfMemoryError ? FaultTypes.OUT_OF_MEMORY : FaultTypes.TASK_ERROR;
    return Fault.of(type, "", true, cut(cause.getClass().getName()));
  }

  /** Refuses what the store would not keep. */
  static void check(Fault fault) {
    Checked.name("fault's type", fault.type());
    FaultPlace place = fault.place();
    Checked.text("fault's node", place.node(), Limits.NAME_BYTES_MAX);
    Checked.text("fault's worker", place.worker(), Limits.NAME_BYTES_MAX);
    Checked.text("fault's partition", place.partition(), Limits.TASK_NAME_BYTES_MAX);
    Checked.size("fault's item", place.item().size(), Limits.ITEM_BYTES_MAX);
    Checked.size("fault's sections", place.sections().size(), Limits.FAULT_SECTIONS_MAX);
    place.sections().forEach(section -> Checked.name("fault's section", section));
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
