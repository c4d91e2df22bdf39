package io.cairn.client;

import io.cairn.protocol.ErrorCode;

/** A task that could not be acquired; {@link #acquisition()} says why, with the facts. */
public final class NotAcquiredException extends CairnException {
  private final transient Acquisition<?> acquisition;

  /** The refusal of {@code acquisition}. */
  public NotAcquiredException(Acquisition<?> acquisition, String message) {
    super(ErrorCode.WRONG_STATE, message);
    this.acquisition = acquisition;
  }

  /** Who holds the task, or how it ended. */
  public Acquisition<?> acquisition() {
    return acquisition;
  }
}
