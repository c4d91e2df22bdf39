package io.cairn.client.job;

/** Thrown by a handler that stops because its worker does. */
public final class StoppedException extends RuntimeException {
  /** Without a reason but the worker's end. */
  public StoppedException() {
    super("the worker stops");
  }
}
