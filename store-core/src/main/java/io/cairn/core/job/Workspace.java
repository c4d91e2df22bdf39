package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.JobName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the tables of the job plane share: the jobs that the present command has opened, and what is
 * derived from rows and outlives a command. Applying thread only.
 */
final class Workspace {
  private final StoredJobs stored = new StoredJobs();
  private final Map<Long, JobEdit> open = new LinkedHashMap<>();
  private @Nullable DispatchBoard board;
  private final int rowsMax;
  private boolean touched;
  private int rowsLeft;

  /** A workspace in which a command looks at so many rows of tasks beside those it names. */
  Workspace(int rowsMax) {
    this.rowsMax = rowsMax;
  }

  /** A command begins: nothing is open, and what is derived stands. */
  void begin(ReadView view) {
    open.clear();
    touched = false;
    rowsLeft = rowsMax;
    if (board == null) {
      board = BoardRows.read(view, stored);
    }
  }

  /** The rows have been replaced. */
  void forget() {
    open.clear();
    board = null;
  }

  /** Who has room, and what waits. */
  DispatchBoard board() {
    DispatchBoard current = board;
    if (current == null) {
      throw new IllegalStateException("no command has begun");
    }
    return current;
  }

  StoredJobs stored() {
    return stored;
  }

  /** The command has changed something that dispatch may depend on. */
  void touch() {
    touched = true;
  }

  boolean touched() {
    return touched;
  }

  /** Rows that this command may still look at. */
  int rowsLeft() {
    return rowsLeft;
  }

  void looked(int rows) {
    rowsLeft -= rows;
  }

  /** The jobs that this command has opened. */
  List<JobEdit> open() {
    return List.copyOf(open.values());
  }

  /** Makes a new job known to the rest of the command. */
  void add(JobEdit job) {
    open.put(job.id(), job);
  }

  /** The job; empty: it has been deleted. */
  Optional<JobEdit> find(ReadView view, long id) {
    JobEdit there = open.get(id);
    if (there != null) {
      return there.deleted() ? Optional.empty() : Optional.of(there);
    }
    byte[] bytes = view.get(ColumnFamily.JOB_STATE, KeyLayout.id(id));
    if (bytes == null) {
      return Optional.empty();
    }
    JobEdit job = JobEdit.of(stored.get(view, id), bytes);
    open.put(id, job);
    return Optional.of(job);
  }

  /** A job that a row says is there. */
  JobEdit get(ReadView view, long id) {
    return find(view, id)
        .orElseThrow(() -> new DamagedRowException("the state of job " + id + " is gone"));
  }

  /** Refuses JOB_NOT_FOUND. */
  JobEdit require(ApplyContext context, JobName name) {
    return StoredJob.id(context.batch(), JobNames.key(name))
        .flatMap(id -> find(context.batch(), id))
        .orElseThrow(() -> notFound(name));
  }

  static Refusal notFound(JobName name) {
    return new Refusal(ErrorCode.JOB_NOT_FOUND, "no job " + JobNames.text(name));
  }
}
