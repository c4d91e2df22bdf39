package io.cairn.client.job;

import java.util.List;

/**
 * How results of replicas are compared.
 *
 * @param tolerance TOLERANCE, FIELDS: by how much numbers may differ, absolute
 * @param fields FIELDS: names of the fields that count
 * @param allEqual true: one differing result fails the partition; false: a majority decides
 * @param comparator CUSTOM: the handler that compares; else empty
 */
public record Verification(
    Comparison comparison,
    double tolerance,
    List<String> fields,
    boolean allEqual,
    String comparator) {
  /** The ways to compare. */
  public enum Comparison {
    /** The bytes are equal. */
    EXACT,
    /** Numbers given by {@link JobContext#resultValue} differ by at most the tolerance. */
    TOLERANCE,
    /** The named fields are equal; numeric ones within the tolerance. */
    FIELDS,
    /** A handler compares. */
    CUSTOM
  }

  /** Keeps its own copy. */
  public Verification {
    fields = List.copyOf(fields);
  }

  /** Equal bytes, by majority: the default. */
  public static Verification exact() {
    return new Verification(Comparison.EXACT, 0, List.of(), false, "");
  }

  /** Numbers within a tolerance, by majority. */
  public static Verification within(double tolerance) {
    return new Verification(Comparison.TOLERANCE, tolerance, List.of(), false, "");
  }

  /** These fields, numbers within a tolerance, by majority. */
  public static Verification ofFields(double tolerance, String... fields) {
    return new Verification(Comparison.FIELDS, tolerance, List.of(fields), false, "");
  }

  /** As a handler says. */
  public static Verification by(String comparator) {
    return new Verification(Comparison.CUSTOM, 0, List.of(), false, comparator);
  }

  /** The same, but one differing result fails the partition. */
  public Verification requiringAll() {
    return new Verification(comparison, tolerance, fields, true, comparator);
  }
}
