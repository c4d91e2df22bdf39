package io.cairn.client;

/**
 * What stopped an attempt, with the recovery point it happened after.
 *
 * @param type what kind, for example one of {@link io.cairn.protocol.FaultTypes}
 * @param location where in the program, by default the topmost frame of the stack
 * @param stackDigest SHA-256 of the stack, to tell same from other
 * @param checkpointSeq newest checkpoint when it happened, -1 for none
 * @param lsn last record when it happened, 0 for none
 * @param place where in the world
 * @param action what the job's recovery policy did about it, empty if nothing did
 * @param pauseMillis until the task is dispatched again
 */
public record Fault(
    String type,
    String location,
    long attempt,
    long epoch,
    boolean retryable,
    String message,
    Bytes stackDigest,
    long checkpointSeq,
    long lsn,
    long timeMillis,
    FaultPlace place,
    String action,
    long pauseMillis) {

  /** A fault to report: the store fills in the recovery point and the time. */
  public static Fault of(String type, String location, boolean retryable, String message) {
    return new Fault(
        type,
        location,
        0,
        0,
        retryable,
        message,
        Bytes.empty(),
        -1,
        0,
        0,
        FaultPlace.nowhere(),
        "",
        0);
  }

  /** The same, at another place. */
  public Fault at(FaultPlace where) {
    return new Fault(
        type,
        location,
        attempt,
        epoch,
        retryable,
        message,
        stackDigest,
        checkpointSeq,
        lsn,
        timeMillis,
        where,
        action,
        pauseMillis);
  }
}
