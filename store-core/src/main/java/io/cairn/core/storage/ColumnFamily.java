package io.cairn.core.storage;

import java.nio.charset.StandardCharsets;

/**
 * The column families of the database. Numbers and names are part of the storage format: retired
 * ones stay listed.
 */
public enum ColumnFamily {
  /**
   * What concerns this copy only: format, applied index and term, digest. Not part of the digest.
   */
  LOCAL(0, "default", false),
  /** {@link Counter}s. */
  COUNTER(1, "counter", true),
  /** Key to what is known of its present version, without the value. */
  KV_LATEST(2, "kv-latest", true),
  /**
   * Key and modification revision to a version, present or past, or to a tombstone. Its name is
   * that of earlier formats, so that a folder of theirs is refused for its format.
   */
  KV_VERSION(3, "kv-history", true),
  /** Revision and place in it to the key that was changed. */
  KV_REVISION(4, "kv-revision", true),
  /** Session id to its window. */
  SESSION(5, "session", true),
  /** Session id and last sequence to outcomes kept for a resend. */
  SESSION_OUTCOME(6, "session-outcome", true),
  /** Lease id to its time to live. */
  LEASE(7, "lease", true),
  /** Lease id, kind and name to nothing: what hangs on a lease. */
  LEASE_ITEM(8, "lease-item", true),
  /** Log time, kind and id to nothing: when to look at a lease or session again. */
  DEADLINE(9, "deadline", true),
  /** Namespace and name to a task. */
  TASK(10, "task", true),
  /** Task id and seq to a checkpoint without its bytes. */
  CHECKPOINT(11, "checkpoint", true),
  /** Task id, seq and section name to the section's bytes. */
  SECTION(12, "section", true),
  /** Task id and lsn to a record of the recovery log. */
  LOG(13, "log", true),
  /** Task id and number to an event of its history. */
  TASK_HISTORY(14, "task-history", true),
  /** Node name to its addresses. */
  MEMBER(15, "member", true),
  /** Kind and id to work left for housekeeping. */
  GARBAGE(16, "garbage", true),
  /** Namespace and name to a job's id. */
  JOB_NAME(17, "job-name", true),
  /** Job id to what never changes of it. */
  JOB(18, "job", true),
  /** Job id to what changes of it. */
  JOB_STATE(19, "job-state", true),
  /** Job id and number to a fault of one of its tasks. */
  JOB_FAULT(20, "job-fault", true),
  /** Job id, stage, partition and replica to nothing: a task to be dispatched again. */
  READY(21, "ready", true),
  /** Worker id to its registration. */
  WORKER(22, "worker", true),
  /** Worker id to what it reported last. */
  WORKER_REPORT(23, "worker-report", true),
  /** Task id and item to what is known of an item that failed. */
  QUARANTINE(24, "quarantine", true);

  private final int number;
  private final String familyName;
  private final boolean logical;

  ColumnFamily(int number, String familyName, boolean logical) {
    this.number = number;
    this.familyName = familyName;
    this.logical = logical;
  }

  /** Stable number, hashed into the digest. */
  public int number() {
    return number;
  }

  /**
   * True if a key is written once, and never again after its removal. The database may then drop
   * row and removal as soon as they meet: those of a version that is gone before it is flushed
   * never reach the disk.
   */
  public boolean writtenOnce() {
    return this == KV_VERSION || this == KV_REVISION;
  }

  /** True if a row is often read, or written, soon after it was written. */
  boolean readAgain() {
    return switch (this) {
      case KV_VERSION, KV_REVISION, SESSION_OUTCOME, SECTION, LOG, TASK_HISTORY, JOB_FAULT -> false;
      default -> true;
    };
  }

  /** True if the rows are part of the replicated state, hence of the state digest. */
  public boolean logical() {
    return logical;
  }

  byte[] nameBytes() {
    return familyName.getBytes(StandardCharsets.US_ASCII);
  }
}
