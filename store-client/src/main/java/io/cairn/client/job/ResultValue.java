package io.cairn.client.job;

import java.util.Map;
import java.util.Optional;

/**
 * A result in a form that the store can compare between replicas, beside the result itself.
 *
 * @param number the result as one number
 * @param numbers its numeric fields
 * @param texts its other fields
 */
public record ResultValue(
    Optional<Double> number, Map<String, Double> numbers, Map<String, String> texts) {
  /** Keeps its own copies. */
  public ResultValue {
    numbers = Map.copyOf(numbers);
    texts = Map.copyOf(texts);
  }

  /** One number. */
  public static ResultValue of(double number) {
    return new ResultValue(Optional.of(number), Map.of(), Map.of());
  }

  /** Fields, numeric ones and others. */
  public static ResultValue ofFields(Map<String, Double> numbers, Map<String, String> texts) {
    return new ResultValue(Optional.empty(), numbers, texts);
  }
}
