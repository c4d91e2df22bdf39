package io.cairn.core.job.redundancy;

import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.ResultField;
import io.cairn.protocol.v1.ResultValue;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.Verification;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whether results of one partition are alike, as its job says. CUSTOM is left to workers. */
public final class ResultComparison {
  private final Verification verification;

  /** Comparison as the job's specification says. */
  public ResultComparison(Verification verification) {
    this.verification = verification;
  }

  /** Refuses INVALID_ARGUMENT for a result that could not be compared with any other. */
  public void check(ResultValue value) {
    switch (verification.getComparison()) {
      case TOLERANCE -> {
        if (!value.getHasNumber() && value.getFieldsCount() == 0) {
          throw refusal("the job compares numbers, and the result has neither number nor field");
        }
      }
      case FIELDS -> {
        Map<String, ResultField> there = byName(value.getFieldsList());
        for (String name : verification.getFieldsList()) {
          if (!there.containsKey(name)) {
            throw refusal(
                "the job compares field \"" + name + "\", and the result has no such field");
          }
        }
      }
      default -> {}
    }
  }

  /** True if the results of two tasks are alike. */
  public boolean alike(Task one, Task other) {
    return switch (verification.getComparison()) {
      case TOLERANCE -> alike(one.getResultValue(), other.getResultValue());
      case FIELDS -> {
        Map<String, ResultField> left = byName(one.getResultValue().getFieldsList());
        Map<String, ResultField> right = byName(other.getResultValue().getFieldsList());
        yield verification.getFieldsList().stream()
            .allMatch(name -> alike(find(left, name), find(right, name)));
      }
      default -> one.getResultDigest().equals(other.getResultDigest());
    };
  }

  private boolean alike(ResultValue one, ResultValue other) {
    if (one.getHasNumber() != other.getHasNumber()
        || (one.getHasNumber() && !within(one.getNumber(), other.getNumber()))) {
      return false;
    }
    Map<String, ResultField> left = byName(one.getFieldsList());
    Map<String, ResultField> right = byName(other.getFieldsList());
    return left.keySet().equals(right.keySet())
        && left.keySet().stream().allMatch(name -> alike(find(left, name), find(right, name)));
  }

  private boolean alike(Optional<ResultField> one, Optional<ResultField> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() && other.isEmpty();
    }
    if (one.get().getValueCase() != other.get().getValueCase()) {
      return false;
    }
    return one.get().hasNumber()
        ? within(one.get().getNumber(), other.get().getNumber())
        : one.get().getText().equals(other.get().getText());
  }

  /** One subtraction and one comparison: the same bits on every machine (I2). */
  private boolean within(double one, double other) {
    return one == other || StrictMath.abs(one - other) <= verification.getTolerance();
  }

  private static Optional<ResultField> find(Map<String, ResultField> fields, String name) {
    return Optional.ofNullable(fields.get(name));
  }

  private static Map<String, ResultField> byName(List<ResultField> fields) {
    Map<String, ResultField> byName = new TreeMap<>();
    fields.forEach(field -> byName.put(field.getName(), field));
    return byName;
  }

  private static Refusal refusal(String message) {
    return new Refusal(ErrorCode.INVALID_ARGUMENT, message);
  }
}
