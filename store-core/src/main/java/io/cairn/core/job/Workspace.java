package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.apply.Refusal;
import io.cairn.core.job.Runs.Partition;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.TaskOfJob;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the tables of the job plane share: the jobs that the present command has opened, and what is
 * derived from rows and outlives a command. Applying thread only.
 */
final class Workspace {
  private final StoredJobs stored = new StoredJobs();
  private final Map<Long, JobEdit> open = new LinkedHashMap<>();
  private final Map<Partition, Long> changed = new LinkedHashMap<>();
  private final List<TaskKey> takeovers = new ArrayList<>();
  private final Set<String> freed = new LinkedHashSet<>();
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
    changed.clear();
    takeovers.clear();
    freed.clear();
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

  /** A task of the job has changed; of a partition with several runs, that has to be settled. */
  void changed(StoredJob job, TaskOfJob of) {
    if (job.hasSeveralRuns()) {
      changed.putIfAbsent(Partition.of(job, of), 0L);
      touch();
    }
  }

  /** The same, and a fault has ended the task for good. */
  void failed(StoredJob job, TaskOfJob of, long fault) {
    if (job.hasSeveralRuns()) {
      changed.merge(Partition.of(job, of), fault, Math::max);
      touch();
    }
  }

  /** Takes a partition that has to be settled, and the last fault that ended one of its tasks. */
  Optional<Map.Entry<Partition, Long>> nextChanged() {
    Iterator<Map.Entry<Partition, Long>> entries = changed.entrySet().iterator();
    if (!entries.hasNext()) {
      return Optional.empty();
    }
    Map.Entry<Partition, Long> next = Map.Entry.copyOf(entries.next());
    entries.remove();
    return Optional.of(next);
  }

  /** The task, which was lost, goes to the worker that keeps a place for it. */
  void takesOver(TaskKey task) {
    takeovers.add(task);
  }

  List<TaskKey> takeovers() {
    return List.copyOf(takeovers);
  }

  /** A worker has one task less. */
  void freed(String worker, long lease) {
    board().freed(worker, lease);
    freed.add(worker);
  }

  /** Workers that have had a task less since the command began. */
  List<String> freed() {
    return List.copyOf(freed);
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
