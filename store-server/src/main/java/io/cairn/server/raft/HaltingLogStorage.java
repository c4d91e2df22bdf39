package io.cairn.server.raft;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A log storage whose failed writes end the process inside the failing call.
 *
 * <p>JRaft answers success to a queued duplicate of an append whose flush failed, so a failure must
 * not be handed to it, whatever it is: an Error in the middle of a write, too. A read that fails,
 * for example because it met damage, ends the process as well: JRaft would go on without the entry.
 * {@code init} and calls after {@link #shutdown} pass through.
 */
final class HaltingLogStorage implements LogStorage {
  private final LogStorage storage;
  private final Halt halt;
  private final Opened opened;
  private final EntryCheck entryCheck;
  private volatile boolean closed;

  /** Told the last index when the log was opened; throwing ends the start. */
  @FunctionalInterface
  interface Opened {
    void at(long lastLogIndex) throws IOException;
  }

  /** Told each entry before it is stored; throwing halts with nothing of it on the disk. */
  @FunctionalInterface
  interface EntryCheck {
    void check(long index, ByteBuffer data);
  }

  HaltingLogStorage(LogStorage storage, Halt halt, Opened opened, EntryCheck entryCheck) {
    this.storage = storage;
    this.halt = halt;
    this.opened = opened;
    this.entryCheck = entryCheck;
  }

  @Override
  public boolean init(LogStorageOptions options) {
    try {
      if (!storage.init(options)) {
        return false;
      }
    } catch (UncheckedIOException e) {
      throw new StartFailure(Objects.requireNonNull(e.getCause(), "wraps one"));
    }
    try {
      opened.at(storage.getLastLogIndex());
      return true;
    } catch (IOException e) {
      shutdown();
      throw new StartFailure(e);
    }
  }

  @Override
  public void shutdown() {
    closed = true;
    storage.shutdown();
  }

  @Override
  public long getFirstLogIndex() {
    return storage.getFirstLogIndex();
  }

  @Override
  public long getLastLogIndex() {
    return storage.getLastLogIndex();
  }

  @Override
  public LogEntry getEntry(long index) {
    try {
      return storage.getEntry(index);
    } catch (Throwable e) {
      if (closed) {
        throw e;
      }
      throw halted("log storage failed: read of entry " + index, e);
    }
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // the interface demands it
  public long getTerm(long index) {
    LogEntry entry = getEntry(index);
    return entry == null ? 0 : entry.getId().getTerm();
  }

  @Override
  public boolean appendEntry(LogEntry entry) {
    return written(
        "append of entry " + entry.getId(),
        () -> {
          check(entry);
          return storage.appendEntry(entry);
        });
  }

  @Override
  public int appendEntries(List<LogEntry> entries) {
    int count = entries.size();
    boolean all =
        written(
            "append of " + count + " entries",
            () -> {
              entries.forEach(this::check);
              return storage.appendEntries(entries) == count;
            });
    return all ? count : 0;
  }

  private void check(LogEntry entry) {
    if (entry.getType() == EntryType.ENTRY_TYPE_DATA) {
      entryCheck.check(entry.getId().getIndex(), entry.getData());
    }
  }

  @Override
  public boolean truncatePrefix(long firstIndexKept) {
    return written(
        "truncation below index " + firstIndexKept, () -> storage.truncatePrefix(firstIndexKept));
  }

  @Override
  public boolean truncateSuffix(long lastIndexKept) {
    return written(
        "truncation above index " + lastIndexKept, () -> storage.truncateSuffix(lastIndexKept));
  }

  @Override
  public boolean reset(long nextLogIndex) {
    return written("reset to index " + nextLogIndex, () -> storage.reset(nextLogIndex));
  }

  private boolean written(String what, Write write) {
    Throwable failure = null;
    try {
      if (write.run()) {
        return true;
      }
    } catch (Throwable e) {
      failure = e;
    }
    if (closed) {
      return false; // refused because the storage was closed: nothing was written, nothing is
      // acknowledged
    }
    throw halted("log storage failed: " + what, failure);
  }

  private RuntimeException halted(String reason, @Nullable Throwable failure) {
    halt.halt(reason, failure);
    return new Halt.Halted(reason, failure);
  }

  @FunctionalInterface
  private interface Write {
    boolean run();
  }
}
