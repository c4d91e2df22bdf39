package io.cairn.client.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cairn.client.Bytes;
import io.cairn.client.CairnException;
import io.cairn.client.KeyRange;
import io.cairn.client.TaskName;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;

/** Limits checked before anything is sent: what fails here was certainly not applied. */
final class Checked {
  private Checked() {}

  static void name(String what, String name) {
    text(what, name, Limits.NAME_BYTES_MAX);
    if (name.isEmpty()) {
      throw new CairnException(ErrorCode.INVALID_ARGUMENT, what + " is empty");
    }
  }

  static void task(TaskName task) {
    name("namespace", task.namespace());
    text("task name", task.name(), Limits.TASK_NAME_BYTES_MAX);
    if (task.name().isEmpty()) {
      throw new CairnException(ErrorCode.INVALID_ARGUMENT, "task name is empty");
    }
  }

  static void text(String what, String text, int bytesMax) {
    if (!UTF_8.newEncoder().canEncode(text)) {
      throw new CairnException(ErrorCode.INVALID_ARGUMENT, what + " cannot be written in UTF-8");
    }
    size(what, text.getBytes(UTF_8).length, bytesMax);
  }

  static void size(String what, long bytes, long bytesMax) {
    size(what, bytes, bytesMax, "");
  }

  /** With advice, which goes behind the numbers. */
  static void size(String what, long bytes, long bytesMax, String advice) {
    if (bytes > bytesMax) {
      throw new CairnException(
          ErrorCode.TOO_LARGE,
          ErrorCode.TOO_LARGE.certainty(),
          what + " of " + bytes + " bytes, at most " + bytesMax + " are allowed" + advice,
          bytesMax,
          bytes);
    }
  }

  static void key(Bytes key) {
    if (key.isEmpty()) {
      throw new CairnException(ErrorCode.INVALID_ARGUMENT, "key is empty");
    }
    size("key", key.size(), Limits.KEY_BYTES_MAX);
  }

  static void keys(KeyRange keys) {
    key(keys.from());
    size("range end", keys.end().size(), Limits.KEY_BYTES_MAX);
  }

  static void value(Bytes value) {
    size("value", value.size(), Limits.VALUE_BYTES_MAX);
  }
}
