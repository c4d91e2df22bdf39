package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Generators;
import io.cairn.chaos.generator.Told;
import io.cairn.chaos.history.History;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Workers that claim tasks, save checkpoints and records, and recover. Leases are short and never
 * renewed, so that ownership ends under its owner's hands again and again, and the old owner keeps
 * trying.
 */
final class TaskWorkload implements Workload {
  private static final int WORKERS = 5;
  private static final int OPS_PER_TASK = 400;

  /** Fewer than of other keys: a recovery is many requests, and some workers are frozen in them. */
  private static final int FINAL_TASKS_MAX = 60;

  private static final int SECTION_BYTES = 8_192;

  private final String name;
  private final String about;
  private final TaskRules rules;
  private final int sections;

  private TaskWorkload(String name, String about, TaskRules rules, int sections) {
    this.name = name;
    this.about = about;
    this.rules = rules;
    this.sections = sections;
  }

  /** Small states, old epochs, resends. */
  static TaskWorkload task() {
    return new TaskWorkload(
        "task",
        "workers claim, save, append and recover, old owners and resends too: one owner, each once",
        new TaskRules(0.1, 0.2),
        1);
  }

  /** States of several sections. */
  static TaskWorkload recovery() {
    return new TaskWorkload(
        "recovery",
        "checkpoints of several large sections: none lost, torn or from nowhere when recovered",
        new TaskRules(0.02, 0.05),
        4);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String about() {
    return about;
  }

  @Override
  public Generator operations(Plan plan) {
    return Generators.independent(
        Math.min(WORKERS, plan.clients()),
        key ->
            Generators.limit(
                OPS_PER_TASK, new Told<>(plan.seed().child(key), 0, TaskRules.State.FIRST, rules)));
  }

  @Override
  public Map<Integer, List<Call>> finalReads(Plan plan, History sofar) {
    return UsedKeys.byThread(sofar, plan.clients(), FINAL_TASKS_MAX)
        .calls(tasks -> tasks.stream().map(TaskWorkload::recover).toList());
  }

  private static Call recover(long task) {
    return new Call("recover", Arrays.asList(task, null));
  }

  @Override
  public Client open(TestNode node, long process) {
    if (sections > 1) {
      return TaskClient.saving(node, process, sections, SECTION_BYTES);
    }
    // The last of each five is a process of its own, that is frozen now and then.
    return process % WORKERS == WORKERS - 1
        ? new FrozenClient(node, process)
        : TaskClient.contending(node, process);
  }
}
