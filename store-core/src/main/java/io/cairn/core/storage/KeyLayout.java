package io.cairn.core.storage;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The layout of every key in the database: the one place that knows it. Numbers are big-endian, so
 * that unsigned byte order is number order; all numbers in keys are 0 or more.
 *
 * <pre>
 * LOCAL            name in ASCII
 * COUNTER          number of the counter (1)
 * KV_LATEST        key
 * KV_VERSION       escaped key, 0x00 0x01, revision (8)
 * KV_REVISION      revision (8), place (4)
 * SESSION          id (8)
 * SESSION_OUTCOME  id (8), last sequence in the row (8)
 * LEASE            id (8)
 * LEASE_ITEM       id (8), kind (1), name
 * DEADLINE         log time in milliseconds (8), kind (1), id (8)
 * TASK             namespace, 0x00, name
 * CHECKPOINT       task id (8), seq (8)
 * SECTION          task id (8), seq (8), section name
 * LOG              task id (8), lsn (8)
 * TASK_HISTORY     task id (8), number (8)
 * MEMBER           name
 * GARBAGE          kind (1), id (8)
 * JOB_NAME         namespace, 0x00, name
 * JOB              id (8)
 * JOB_STATE        id (8)
 * JOB_FAULT        job id (8), number (8)
 * READY            job id (8), stage (4), partition (4), replica (4)
 * WORKER           id in UTF-8
 * WORKER_REPORT    id in UTF-8
 * QUARANTINE       task id (8), item
 * </pre>
 *
 * Escaping turns each 0x00 of a user key into 0x00 0xFF, so that with the terminator 0x00 0x01 no
 * escaped key is a prefix of another and order is kept.
 */
public final class KeyLayout {
  /** {@link ColumnFamily#LEASE_ITEM} kind: a key of the keyspace. */
  public static final byte ITEM_KEY = 1;

  /** {@link ColumnFamily#LEASE_ITEM} kind: a task, by its row's key. */
  public static final byte ITEM_TASK = 2;

  /** {@link ColumnFamily#LEASE_ITEM} kind: a worker, by its row's key. */
  public static final byte ITEM_WORKER = 3;

  /** {@link ColumnFamily#DEADLINE} kind: a lease. */
  public static final byte DEADLINE_LEASE = 0;

  /** {@link ColumnFamily#DEADLINE} kind: a session. */
  public static final byte DEADLINE_SESSION = 1;

  /**
   * {@link ColumnFamily#DEADLINE} kind: tasks of a worker, by its lease; the worker's id is the
   * value.
   */
  public static final byte DEADLINE_WORKER_SWEEP = 2;

  /**
   * {@link ColumnFamily#DEADLINE} kind: a task to be dispatched again; its row's key is the value.
   */
  public static final byte DEADLINE_TASK_RETRY = 3;

  /** {@link ColumnFamily#DEADLINE} kind: a job. */
  public static final byte DEADLINE_JOB_TICK = 4;

  /** {@link ColumnFamily#DEADLINE} kind: dispatch that was left over; one row, of time 0. */
  public static final byte DEADLINE_DISPATCH = 5;

  /**
   * {@link ColumnFamily#GARBAGE} kind: keys and tasks of an ended lease. The first kind is the
   * first to be removed, and these can still be read.
   */
  public static final byte GARBAGE_LEASE = 1;

  /** {@link ColumnFamily#GARBAGE} kind: rows of a deleted task. */
  public static final byte GARBAGE_TASK = 2;

  /** {@link ColumnFamily#GARBAGE} kind: outcomes of a closed session. */
  public static final byte GARBAGE_SESSION = 3;

  /** {@link ColumnFamily#GARBAGE} kind: tasks and faults of a deleted job. */
  public static final byte GARBAGE_JOB = 4;

  private static final int LONG = Long.BYTES;
  private static final byte[] LOCAL_FORMAT = ascii("format");
  private static final byte[] LOCAL_APPLIED = ascii("applied");
  private static final byte[] LOCAL_DIGEST = ascii("digest");

  private KeyLayout() {}

  /** {@link ColumnFamily#LOCAL}: the storage format's version (4 bytes). */
  public static byte[] localFormat() {
    return LOCAL_FORMAT.clone();
  }

  /** {@link ColumnFamily#LOCAL}: index (8) and term (8) of the last entry applied. */
  public static byte[] localApplied() {
    return LOCAL_APPLIED.clone();
  }

  /** {@link ColumnFamily#LOCAL}: the state digest (16). */
  public static byte[] localDigest() {
    return LOCAL_DIGEST.clone();
  }

  /** Row of a version of a key. */
  public static byte[] version(byte[] key, long revision) {
    byte[] prefix = versionPrefix(key);
    return ByteBuffer.allocate(prefix.length + LONG).put(prefix).putLong(revision).array();
  }

  /** What all rows of a key's versions start with, and no others. */
  public static byte[] versionPrefix(byte[] key) {
    byte[] escaped = escape(key);
    byte[] prefix = Arrays.copyOf(escaped, escaped.length + 2);
    prefix[escaped.length + 1] = 1;
    return prefix;
  }

  /** Orders as {@code key} does, and below every version of {@code key} and of greater keys. */
  public static byte[] escape(byte[] key) {
    int zeros = 0;
    for (byte b : key) {
      if (b == 0) {
        zeros++;
      }
    }
    if (zeros == 0) {
      return key.clone();
    }
    byte[] escaped = new byte[key.length + zeros];
    int at = 0;
    for (byte b : key) {
      escaped[at++] = b;
      if (b == 0) {
        escaped[at++] = (byte) 0xFF;
      }
    }
    return escaped;
  }

  /** The user's key in a version's row key. */
  public static byte[] keyOfVersion(byte[] row) {
    int end = row.length - LONG - 2;
    byte[] key = new byte[end];
    int length = 0;
    for (int i = 0; i < end; i++) {
      key[length++] = row[i];
      if (row[i] == 0) {
        i++;
      }
    }
    return Arrays.copyOf(key, length);
  }

  /** The revision in a version's row key. */
  public static long revisionOfVersion(byte[] row) {
    return readLong(row, row.length - LONG);
  }

  /** Row of a change. */
  public static byte[] revision(long revision, int place) {
    return ByteBuffer.allocate(LONG + Integer.BYTES).putLong(revision).putInt(place).array();
  }

  /** A key of one number. */
  public static byte[] id(long id) {
    return ByteBuffer.allocate(LONG).putLong(id).array();
  }

  /**
   * A key of two numbers: session and sequence, task and seq, task and lsn, task and history
   * number.
   */
  public static byte[] pair(long id, long number) {
    return ByteBuffer.allocate(2 * LONG).putLong(id).putLong(number).array();
  }

  /** What hangs on a lease. */
  public static byte[] leaseItem(long lease, byte kind, byte[] name) {
    return ByteBuffer.allocate(LONG + 1 + name.length).putLong(lease).put(kind).put(name).array();
  }

  /** The name in a lease item's key. */
  public static byte[] nameOfLeaseItem(byte[] row) {
    return Arrays.copyOfRange(row, LONG + 1, row.length);
  }

  /** The one row that says that dispatch was left over: at the very front of all deadlines. */
  public static byte[] leftOverDispatch() {
    return deadline(0, DEADLINE_DISPATCH, 0);
  }

  /** When to look at a lease, a session, a worker, a task or a job. */
  public static byte[] deadline(long logTimeMillis, byte kind, long id) {
    return ByteBuffer.allocate(2 * LONG + 1).putLong(logTimeMillis).put(kind).putLong(id).array();
  }

  /** Row of a task. Neither part contains a zero byte. */
  public static byte[] task(String namespace, String name) {
    byte[] space = namespace.getBytes(StandardCharsets.UTF_8);
    byte[] rest = name.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(space.length + 1 + rest.length)
        .put(space)
        .put((byte) 0)
        .put(rest)
        .array();
  }

  /** A section's bytes. */
  public static byte[] section(long task, long seq, String section) {
    byte[] name = section.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 * LONG + name.length).putLong(task).putLong(seq).put(name).array();
  }

  /** A node's row. */
  public static byte[] member(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  /** Row of a job's name. Neither part contains a zero byte. */
  public static byte[] jobName(String namespace, String name) {
    return task(namespace, name);
  }

  /** A task to be dispatched again. */
  public static byte[] ready(long job, int stage, int partition, int replica) {
    return ByteBuffer.allocate(LONG + 3 * Integer.BYTES)
        .putLong(job)
        .putInt(stage)
        .putInt(partition)
        .putInt(replica)
        .array();
  }

  /** The stage in the key of a task to be dispatched again. */
  public static int stageOfReady(byte[] row) {
    return ByteBuffer.wrap(row).getInt(LONG);
  }

  /** The partition in the key of a task to be dispatched again. */
  public static int partitionOfReady(byte[] row) {
    return ByteBuffer.wrap(row).getInt(LONG + Integer.BYTES);
  }

  /** The replica in the key of a task to be dispatched again. */
  public static int replicaOfReady(byte[] row) {
    return ByteBuffer.wrap(row).getInt(LONG + 2 * Integer.BYTES);
  }

  /** A worker's row, and its report's. */
  public static byte[] worker(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }

  /** An item of a task. */
  public static byte[] item(long task, byte[] item) {
    return ByteBuffer.allocate(LONG + item.length).putLong(task).put(item).array();
  }

  /** The item in its row's key. */
  public static ByteString nameOfItem(byte[] row) {
    return ByteString.copyFrom(row, LONG, row.length - LONG);
  }

  /** Work left for housekeeping. */
  public static byte[] garbage(byte kind, long id) {
    return ByteBuffer.allocate(1 + LONG).put(kind).putLong(id).array();
  }

  /** Reads a number of a key or counter. */
  public static long readLong(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes).getLong(offset);
  }

  /** The first key behind all that start with {@code prefix}; null if there is none. */
  public static byte @Nullable [] prefixEnd(byte[] prefix) {
    byte[] end = prefix.clone();
    for (int i = end.length - 1; i >= 0; i--) {
      if (end[i] != (byte) 0xFF) {
        end[i]++;
        return Arrays.copyOf(end, i + 1);
      }
    }
    return null;
  }

  private static byte[] ascii(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }
}
