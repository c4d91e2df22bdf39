package io.cairn.core.task;

import io.cairn.core.apply.Checks;
import io.cairn.core.storage.KeyLayout;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.TaskName;

/** Names of tasks: checked, as the key of a row, and as text for messages. */
final class TaskNames {
  private TaskNames() {}

  /** The key of a task's row; refuses a name that no task can have. */
  static byte[] key(TaskName name) {
    Checks.name("namespace", name.getNamespace(), false);
    Checks.text("task name", name.getName(), false, Limits.TASK_NAME_BYTES_MAX);
    return KeyLayout.task(name.getNamespace(), name.getName());
  }

  /** As messages have it: a colon, as names have slashes. */
  static String text(TaskName name) {
    return name.getNamespace() + ":" + name.getName();
  }
}
