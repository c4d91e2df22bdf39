package io.cairn.core.task;

import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.ResultField;
import io.cairn.protocol.v1.ResultValue;
import io.cairn.protocol.v1.TaskCompleteRequest;
import java.util.HashSet;
import java.util.Set;

/** What can be said about the comparable part of a result without looking at the task. */
final class ResultShape {
  private static final int TEXT_BYTES_MAX = Limits.LABEL_BYTES_MAX;

  private ResultShape() {}

  /** Refuses a value that could not be compared with others. */
  static void check(ResultValue value) {
    number("number of the result", value.getNumber());
    Checks.size("fields of the result", value.getFieldsCount(), Limits.RESULT_FIELDS_MAX);
    Set<String> names = new HashSet<>();
    for (ResultField field : value.getFieldsList()) {
      Checks.name("result field's name", field.getName(), false);
      if (!names.add(field.getName())) {
        throw invalid("result field \"" + field.getName() + "\" comes twice");
      }
      switch (field.getValueCase()) {
        case NUMBER -> number("result field \"" + field.getName() + "\"", field.getNumber());
        case TEXT -> Checks.text("result field's text", field.getText(), true, TEXT_BYTES_MAX);
        case VALUE_NOT_SET ->
            throw invalid("result field \"" + field.getName() + "\" has no value");
      }
    }
  }

  /** Adds the value to a digest; one that is not set adds nothing. */
  static void digest(Sha256 hash, TaskCompleteRequest request) {
    if (!request.hasValue()) {
      return;
    }
    ResultValue value = request.getValue();
    hash.text("value").count(value.getHasNumber() ? 1 : 0).number(bits(value.getNumber()));
    hash.count(value.getFieldsCount());
    for (ResultField field : value.getFieldsList()) {
      hash.text(field.getName())
          .count(field.getValueCase().getNumber())
          .number(bits(field.getNumber()))
          .text(field.getText());
    }
  }

  private static long bits(double number) {
    return Double.doubleToRawLongBits(number);
  }

  private static void number(String what, double number) {
    if (Double.isNaN(number)) {
      throw invalid(what + " is not a number");
    }
  }

  private static Refusal invalid(String message) {
    return new Refusal(ErrorCode.INVALID_ARGUMENT, message);
  }
}
