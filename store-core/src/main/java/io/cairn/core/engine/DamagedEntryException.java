package io.cairn.core.engine;

/**
 * An entry is not what was proposed. The node must stop before it stores it, or else before it
 * applies it (I11).
 */
public final class DamagedEntryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DamagedEntryException(String message) {
    super(message);
  }
}
