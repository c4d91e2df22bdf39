package io.cairn.core.job.barrier;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.task.TaskEdit;
import io.cairn.core.task.TaskHistory;
import io.cairn.protocol.v1.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tasks of one job, all of them: at most {@link
 * io.cairn.protocol.Limits#COORDINATED_TASKS_MAX}. Applying thread only.
 */
final class CoordinatedTasks {
  private CoordinatedTasks() {}

  /** Looks at a task; false: no further one is needed. */
  private interface Visitor {
    boolean visit(TaskEdit edit);
  }

  /** Tells the owner of each task that has one how far the newest barrier is. */
  static void tell(ApplyContext context, CoordinatedJob job, TaskHistory.Kind kind) {
    long barrier = job.state().getBarrier().getNumber();
    each(
        context.batch(),
        job,
        edit -> {
          if (edit.live()) {
            TaskHistory.tell(context, edit, kind, barrier);
          }
          return true;
        });
  }

  /** All tasks, by name. */
  static List<TaskEdit> all(ReadView view, CoordinatedJob job) {
    List<TaskEdit> all = new ArrayList<>();
    each(view, job, all::add);
    return all;
  }

  /** The first task that does not run, as people read it. */
  static Optional<String> notRunning(ReadView view, CoordinatedJob job) {
    List<String> found = new ArrayList<>();
    each(
        view,
        job,
        edit -> {
          TaskState state = edit.task().getState();
          if (state != TaskState.RUNNING && state != TaskState.SUSPECT) {
            found.add(edit.task().getName().getName() + " is " + state);
          }
          return found.isEmpty();
        });
    return found.stream().findFirst();
  }

  private static void each(ReadView view, CoordinatedJob job, Visitor visitor) {
    byte[] from = job.tasksPrefix().toByteArray();
    try (Cursor cursor = view.ascend(ColumnFamily.TASK, from, KeyLayout.prefixEnd(from))) {
      boolean more = true;
      while (more && cursor.next()) {
        more = visitor.visit(TaskEdit.of(cursor.key(), cursor.value()));
      }
    }
  }
}
