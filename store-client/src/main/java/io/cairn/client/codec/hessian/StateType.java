package io.cairn.client.codec.hessian;

import io.cairn.client.codec.CorruptStateException;
import java.io.IOException;

/**
 * One kind of value a state may hold: its name on the wire, how it is written and read. Immutable.
 *
 * <p>Every shared type takes exactly one reference number per value, at its start, when it is
 * written, scanned and read alike.
 */
abstract class StateType {
  /** The token a value starts with. */
  enum Form {
    OBJECT,
    LIST,
    MAP
  }

  private final String wireName;
  private final Class<?> decodedType;
  private final Form form;
  private final boolean shared;

  StateType(String wireName, Class<?> decodedType, Form form, boolean shared) {
    this.wireName = wireName;
    this.decodedType = decodedType;
    this.form = form;
    this.shared = shared;
  }

  final String wireName() {
    return wireName;
  }

  /** The class of the values it reads. */
  final Class<?> decodedType() {
    return decodedType;
  }

  final Form form() {
    return form;
  }

  /** Whether a value that is reached twice is written once. */
  final boolean shared() {
    return shared;
  }

  /** Whether a value can be referred to only when it is complete, so that cycles are impossible. */
  boolean builtAtOnce() {
    return false;
  }

  /** Whether a value's field of this name is read; others are passed over. */
  boolean knowsField(String name) {
    return true;
  }

  /** The type under which this very value is written. */
  StateType variantFor(Object value, StateOutput out) {
    return this;
  }

  abstract void write(Object value, StateOutput out) throws IOException;

  Object readFields(StateInput in, String[] names) throws IOException {
    throw misplaced();
  }

  Object readElements(StateInput in, int length) throws IOException {
    throw misplaced();
  }

  Object readEntries(StateInput in) throws IOException {
    throw misplaced();
  }

  private CorruptStateException misplaced() {
    return new CorruptStateException("%s: expected a %s token".formatted(wireName, form));
  }
}
