package io.cairn.core.job;

import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.v1.JobRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.StageSpec;
import io.cairn.protocol.v1.TaskName;
import java.nio.charset.StandardCharsets;

/**
 * Names of jobs and of their tasks: {@code JOB/STAGE/PARTITION}, and {@code #REPLICA} behind it for
 * a further run of the same partition. Neither jobs nor stages have the two separators in their
 * names, so that all names below {@code JOB/} are the job's.
 */
final class JobNames {
  private static final char SEPARATOR = '/';
  private static final char REPLICA = '#';

  /** What a task's name has beside those of job and stage, at most. */
  private static final int REST_BYTES =
      ("//" + (Limits.PARTITIONS_MAX - 1) + REPLICA + Limits.REPLICAS_MAX).length();

  private JobNames() {}

  /** The key of a job's name; refuses a name that no job can have. */
  static byte[] key(JobName name) {
    Checks.name("namespace", name.getNamespace(), false);
    part("job name", name.getName());
    return KeyLayout.jobName(name.getNamespace(), name.getName());
  }

  /** Refuses a stage's name that cannot be part of a task's. */
  static void checkStage(JobName job, String stage) {
    part("stage name", stage);
    Checks.size(
        "bytes of a task's name",
        bytes(job.getName()) + bytes(stage) + REST_BYTES,
        Limits.TASK_NAME_BYTES_MAX);
  }

  /** The name of a task. */
  static TaskName task(JobName job, String stage, int partition, int replica) {
    StringBuilder name = new StringBuilder(job.getName());
    name.append(SEPARATOR).append(stage).append(SEPARATOR).append(partition);
    if (replica > 0) {
      name.append(REPLICA).append(replica);
    }
    return TaskName.newBuilder().setNamespace(job.getNamespace()).setName(name.toString()).build();
  }

  /** What the keys of all rows of the job's tasks start with, and of no others. */
  static byte[] tasksPrefix(JobName job) {
    return KeyLayout.task(job.getNamespace(), job.getName() + SEPARATOR);
  }

  /** Name of the job that a task of this name would belong to; empty: of none. */
  static String jobOf(TaskName task) {
    int end = task.getName().indexOf(SEPARATOR);
    return end < 0 ? "" : task.getName().substring(0, end);
  }

  /** True if it is the name of the first run of one of the job's partitions. */
  static boolean isPartition(JobRow job, TaskName task) {
    for (StageSpec stage : job.getSpec().getStagesList()) {
      String prefix = job.getName().getName() + SEPARATOR + stage.getName() + SEPARATOR;
      if (task.getName().startsWith(prefix)) {
        String number = task.getName().substring(prefix.length());
        return number.matches("0|[1-9][0-9]{0,8}")
            && Integer.parseInt(number) < stage.getPartitions();
      }
    }
    return false;
  }

  /** The name in the key of a job's name. */
  static String nameOfKey(byte[] key) {
    int end = 0;
    while (key[end] != 0) {
      end++;
    }
    return new String(key, end + 1, key.length - end - 1, StandardCharsets.UTF_8);
  }

  /** As messages have it: a colon, as names of tasks have slashes. */
  static String text(JobName name) {
    return name.getNamespace() + ":" + name.getName();
  }

  /** A state as users know it: without the prefix that the wire gives it. */
  static String text(JobState state) {
    return state.name().replaceFirst("^JOB_", "");
  }

  private static void part(String what, String name) {
    Checks.name(what, name, false);
    if (name.indexOf(SEPARATOR) >= 0 || name.indexOf(REPLICA) >= 0) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          what + " \"" + name + "\" has " + SEPARATOR + " or " + REPLICA + " in it");
    }
  }

  private static int bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length;
  }
}
