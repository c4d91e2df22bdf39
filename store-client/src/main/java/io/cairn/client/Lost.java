package io.cairn.client;

/**
 * Why a run is no longer the owner of its task.
 *
 * @param epoch the epoch that was held
 */
public record Lost(TaskName name, long epoch, Reason reason, String message) {
  /** How it became known. */
  public enum Reason {
    /** No renewal was answered within the lease's time to live; the store may still wait. */
    LEASE_RAN_OUT,
    /** The store said that the lease has ended, or that somebody else owns the task. */
    TOLD,
    /** A write was refused for its epoch. */
    FENCED
  }
}
