package io.cairn.core.task;

import io.cairn.protocol.v1.RecoveryAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What owners, present and former ones, may say about few tasks: mostly what is right by the model,
 * now and then what is not.
 */
final class RandomTasks {
  private static final String[] SECTIONS = {"a", "b", "c"};

  private final Random random;
  private final TaskModel model;

  RandomTasks(Random random, TaskModel model) {
    this.random = random;
    this.model = model;
  }

  String name() {
    return "task-" + random.nextInt(6);
  }

  /** Mostly a task in one of these states, if there is one; "" for one that is not there. */
  String nameIn(String... states) {
    String name = name();
    for (int i = 0; i < 12 && random.nextInt(12) > 0; i++) {
      TaskModel.T task = model.tasks.get(name);
      if (List.of(states).contains(task == null ? "" : task.state)) {
        return name;
      }
      name = name();
    }
    return name;
  }

  int checkpointsKept(String name) {
    int usual = 1 + Math.floorMod(name.hashCode(), 4);
    return random.nextInt(20) == 0 ? usual + 1 : usual;
  }

  long lease() {
    return 1L + random.nextInt(5);
  }

  /** Mostly one that is there, if any is. */
  long liveLease() {
    return random.nextInt(12) == 0 || model.leases.isEmpty()
        ? lease()
        : List.copyOf(model.leases).get(random.nextInt(model.leases.size()));
  }

  /** In about 15 of 100 cases not the newest epoch of the task. */
  long epoch(String name) {
    TaskModel.T task = model.tasks.get(name);
    long newest = task == null ? model.lastEpoch : task.epoch;
    if (random.nextInt(100) >= 15) {
      return newest;
    }
    return random.nextInt(4) == 0 ? newest + 1 : newest - 1 - random.nextInt(8);
  }

  /** Records, or a checkpoint, or both; neither only if {@code mayBeEmpty}. */
  TaskModel.Save save(String name, boolean mayBeEmpty) {
    TaskModel.T task = model.tasks.getOrDefault(name, new TaskModel.T(1));
    long next = task.log.size() + 1L;
    boolean withPoint = random.nextInt(2) == 0;
    List<String> records = new ArrayList<>();
    long first = next;
    int count = random.nextInt(5);
    if (!withPoint && !mayBeEmpty) {
      count = Math.max(1, count);
    }
    if (count > 0 && random.nextInt(5) == 0) {
      first = Math.max(1, next - 3 + random.nextInt(5));
    }
    for (int i = 0; i < count; i++) {
      long lsn = first + i;
      boolean same = lsn < next && random.nextInt(8) > 0;
      records.add(same ? task.log.get((int) lsn - 1).payload() : data());
    }
    TaskModel.Point point = withPoint ? point(task, Math.max(next - 1, first + count - 1)) : null;
    return new TaskModel.Save(epoch(name), first, records, point);
  }

  long seq(String name) {
    TaskModel.T task = model.tasks.get(name);
    return Math.max(0, (task == null ? 0 : task.seq + 1) + wobble());
  }

  /** Mostly one that makes a plan. */
  RecoveryAction action() {
    RecoveryAction[] actions = {
      RecoveryAction.RESUME,
      RecoveryAction.ROLLBACK,
      RecoveryAction.ROLLBACK,
      RecoveryAction.ROLLBACK,
      RecoveryAction.REPLAY_LOG,
      RecoveryAction.REPLAY_LOG,
      RecoveryAction.RESTART
    };
    return actions[random.nextInt(actions.length)];
  }

  String section() {
    return SECTIONS[random.nextInt(SECTIONS.length)];
  }

  String data() {
    return Integer.toString(random.nextInt(), 36).repeat(1 + random.nextInt(3));
  }

  private TaskModel.Point point(TaskModel.T task, long last) {
    long least = Math.max(task.covered, task.line.least());
    long covered =
        random.nextInt(12) == 0
            ? Math.max(0, least - 1 + random.nextInt(3))
            : least + (long) (random.nextDouble() * (last - least + 1));
    Map<String, TaskModel.Sent> sections = new TreeMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      TaskModel.Sent sent = sent(task);
      sections.put(sent.name(), sent);
    }
    return new TaskModel.Point(
        Math.max(0, task.seq + 1 + wobble()), covered, List.copyOf(sections.values()));
  }

  private TaskModel.Sent sent(TaskModel.T task) {
    String name = section();
    TaskModel.Bytes staged = task.staged.get(name);
    if (staged != null && random.nextInt(10) > 0) {
      String data = random.nextInt(20) == 0 ? data() : staged.data;
      return new TaskModel.Sent(name, data, TaskModel.Sent.STAGED);
    }
    if (!task.kept.isEmpty() && random.nextInt(3) == 0) {
      long seq = task.kept.firstKey() + random.nextInt(task.kept.size());
      TaskModel.Bytes there = task.kept.get(seq).sections().get(name);
      if (there != null) {
        long source = random.nextInt(20) == 0 ? seq + 1 : seq;
        return new TaskModel.Sent(name, there.data, source);
      }
    }
    return new TaskModel.Sent(
        name, data(), random.nextInt(40) == 0 ? TaskModel.Sent.STAGED : TaskModel.Sent.INLINE);
  }

  private int wobble() {
    return random.nextInt(12) == 0 ? random.nextInt(4) - 2 : 0;
  }
}
