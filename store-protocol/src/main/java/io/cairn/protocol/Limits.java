package io.cairn.protocol;

/**
 * Upper bounds of everything that grows with input. They are part of the protocol: a command over
 * one of them is refused by client, endpoint and state machine alike, so that all replicas and all
 * versions agree.
 */
public final class Limits {
  /** Bytes of a key. */
  public static final int KEY_BYTES_MAX = 8 * 1024;

  /** Bytes of a value, of a section sent at once, of a recovery log record, of a result. */
  public static final int VALUE_BYTES_MAX = 1024 * 1024;

  /** Bytes of an encoded command: one value and what is around it. */
  public static final int COMMAND_BYTES_MAX = VALUE_BYTES_MAX + 128 * 1024;

  /** Bytes of a frame on the client stream. */
  public static final int FRAME_BYTES_MAX = 4 * 1024 * 1024;

  /** Bytes of an answer's payload; a range or a log page is cut to it. */
  public static final int ANSWER_BYTES_MAX = 2 * 1024 * 1024;

  /** Bytes of a task's result. */
  public static final int RESULT_BYTES_MAX = 64 * 1024;

  /** UTF-8 bytes of a task name. */
  public static final int TASK_NAME_BYTES_MAX = 256;

  /**
   * UTF-8 bytes of a namespace, a section name, a label's key, a trigger, a client or owner name.
   */
  public static final int NAME_BYTES_MAX = 128;

  /** UTF-8 bytes of a label's value. */
  public static final int LABEL_BYTES_MAX = 512;

  /** UTF-8 bytes of a fault's message and location. */
  public static final int FAULT_TEXT_BYTES_MAX = 4 * 1024;

  /** Labels of a task or a checkpoint. */
  public static final int LABELS_MAX = 32;

  /** Sections of a checkpoint. */
  public static final int SECTIONS_MAX = 256;

  /** Bytes of all sections of a checkpoint. */
  public static final int CHECKPOINT_BYTES_MAX = 64 * 1024 * 1024;

  /** Checkpoints kept of a task, at most. */
  public static final int CHECKPOINTS_KEPT_MAX = 100;

  /** Checkpoints kept of a task that says nothing. */
  public static final int CHECKPOINTS_KEPT_DEFAULT = 3;

  /** Records in one command. */
  public static final int RECORDS_MAX = 4_096;

  /** History events kept of a task. */
  public static final int HISTORY_EVENTS_KEPT = 256;

  /**
   * Operations of a transaction: of its compares, success and failure the longest counts, and a
   * nested transaction counts on top of the one around it.
   */
  public static final int TXN_OPS_MAX = 128;

  /** Depth of nested transactions. */
  public static final int TXN_DEPTH_MAX = 8;

  /** Leases and tasks in one renewal. */
  public static final int RENEW_ITEMS_MAX = 4_096;

  /** Commands in one Raft entry. */
  public static final int ENTRY_COMMANDS_MAX = 512;

  /** Bytes of commands after which an entry is closed; one larger command goes alone. */
  public static final int ENTRY_BYTES = 512 * 1024;

  /** Bytes of effects after which a batch is committed to the database, at an entry's end. */
  public static final int BATCH_BYTES = 4 * 1024 * 1024;

  /** Unanswered requests of a session. */
  public static final int SESSION_WINDOW_MAX = 1_024;

  /** Bytes of an outcome kept for a resend. */
  public static final int OUTCOME_KEPT_BYTES_MAX = 4 * 1024;

  /** Sessions of a group. */
  public static final int SESSIONS_MAX = 65_536;

  /** Milliseconds a session may be silent. */
  public static final long SESSION_TTL_MILLIS_MIN = 5_000;

  /** See {@link #SESSION_TTL_MILLIS_MIN}. */
  public static final long SESSION_TTL_MILLIS_MAX = 3_600_000;

  /** Milliseconds of a lease's time to live. */
  public static final long LEASE_TTL_MILLIS_MIN = 500;

  /** See {@link #LEASE_TTL_MILLIS_MIN}. */
  public static final long LEASE_TTL_MILLIS_MAX = 9_000_000_000L;

  /** Due items in one Expire command. */
  public static final int EXPIRE_ITEMS_MAX = 256;

  /**
   * Keys deleted by one command: a range or a lease over it is refused, or ends in several steps.
   */
  public static final int DELETE_KEYS_MAX = 10_000;

  /**
   * Bytes of the versions that one command may delete, its keys counted as often as they are
   * written, or of those that a transaction may replace.
   */
  public static final int DELETE_BYTES_MAX = 64 * 1024 * 1024;

  /** Rows that the ranges of one transaction, of its compares too, or a lock may look at. */
  public static final int SCAN_ROWS_MAX = 100_000;

  /** Bytes of the versions that one transaction, or a lock, may look at. */
  public static final int SCAN_BYTES_MAX = 256 * 1024 * 1024;

  /**
   * Bytes of effects of one entry after which its further commands are refused OVERLOADED: small
   * commands may write a large value once more, and all of it is held in memory.
   */
  public static final int ENTRY_EFFECT_BYTES_MAX = 64 * 1024 * 1024;

  /** Rows of one page of a list. */
  public static final int PAGE_ROWS_MAX = 1_000;

  /** Members of a group. */
  public static final int MEMBERS_MAX = 9;

  /** Stages of a job. */
  public static final int STAGES_MAX = 64;

  /** Partitions of a stage. */
  public static final int PARTITIONS_MAX = 1_000_000;

  /** Partitions of all stages of a job whose tasks are saved together, and of one with replicas. */
  public static final int COORDINATED_TASKS_MAX = 1_024;

  /** Bytes of the checkpoints of one barrier, of all tasks, without those of their sections. */
  public static final int BARRIER_BYTES_MAX = 16 * 1024 * 1024;

  /** Bytes of a job's specification. */
  public static final int JOB_SPEC_BYTES_MAX = VALUE_BYTES_MAX;

  /** Rules of a recovery policy, steps of a rule, names in a rule. */
  public static final int POLICY_ITEMS_MAX = 64;

  /** Milliseconds of a pause between two attempts, without its jitter. */
  public static final long BACKOFF_MILLIS_MAX = 604_800_000L;

  /** Runs of one partition beside each other. */
  public static final int REPLICAS_MAX = 8;

  /** Jobs that have not been deleted. */
  public static final int JOBS_MAX = 100_000;

  /** Workers of a group. */
  public static final int WORKERS_MAX = 10_000;

  /** Tasks that one worker may have at a time. */
  public static final int WORKER_CAPACITY_MAX = 1_024;

  /** Handlers of one worker. */
  public static final int HANDLERS_MAX = 256;

  /** Tasks dispatched behind one command. */
  public static final int DISPATCHES_MAX = 256;

  /** Faults kept of a job. */
  public static final int JOB_FAULTS_KEPT = 1_000;

  /** Bytes of an item's name in a fault. */
  public static final int ITEM_BYTES_MAX = 512;

  /** Sections that a fault names. */
  public static final int FAULT_SECTIONS_MAX = 32;

  /** Items of one task that failed, in quarantine or on the way there. */
  public static final int ITEMS_FAILED_MAX = 10_000;

  /** Numbers and texts of a result that can be compared. */
  public static final int RESULT_FIELDS_MAX = 64;

  /** Watches of one stream. */
  public static final int WATCHES_MAX = 1_024;

  private Limits() {}
}
