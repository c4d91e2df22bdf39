package io.cairn.core.job.recovery;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.storage.v1.TaskRecovery;
import io.cairn.core.storage.v1.TaskRow;
import io.cairn.core.task.RecoveryPlans;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskOfJob;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes what was decided about a fault into the task's row: what the policy has been used for,
 * nodes to avoid, the plan of the next recovery, items that failed. State, owner and dispatch of
 * the task are the caller's, as is storing the row. Applying thread only.
 */
public final class Recovery {
  /** Nodes of a task that are kept as those where it failed last. */
  static final int AVOIDED_NODES_MAX = 3;

  private Recovery() {}

  /** Notes the decision; returns the fault as it is kept, which says what was decided. */
  public static Fault apply(
      ApplyContext context, TaskRow.Builder row, Decision decision, Fault fault) {
    Task.Builder task = row.getTaskBuilder();
    Fault kept =
        fault.toBuilder()
            .setAction(decision.action().name())
            .setPauseMillis(decision.pauseMillis())
            .build();
    TaskRecovery.Builder recovery = row.getRecoveryBuilder();
    int inRow = RecoveryPolicies.faultsInRow(task, recovery.build());
    recovery
        .setFaults(recovery.getFaults() + 1)
        .setFaultsInRow(inRow)
        .setFaultCheckpointSeq(task.getCheckpointSeq());
    use(recovery, decision.use());
    decision
        .item()
        .filter(item -> Quarantine.count(context.batch(), task.getId(), item, kept))
        .ifPresent(item -> recovery.setItems(recovery.getItems() + 1));
    if (decision.avoidsNode()) {
      avoid(task.getJobBuilder(), fault.getPlace().getNode());
    }
    RecoveryPlans.after(context.batch(), task, decision.step()).ifPresent(task::setPlan);
    task.getStatsBuilder().setFaults(task.getStats().getFaults() + 1);
    task.setFault(kept);
    return kept;
  }

  /**
   * Forgets what the policy has been used for, and nodes to avoid: the task is to run as if it had
   * not failed. Items in quarantine stay there, and so does a plan: records that came under it do
   * not fit to the newest checkpoint.
   */
  public static void renew(TaskRow.Builder row) {
    int items = row.getRecovery().getItems();
    row.setRecovery(TaskRecovery.newBuilder().setItems(items));
    Task.Builder task = row.getTaskBuilder();
    if (task.hasJob()) {
      task.getJobBuilder().clearAvoidedNodes();
    }
  }

  private static void use(TaskRecovery.Builder recovery, Decision.Use use) {
    if (use.rule() < 0) {
      return;
    }
    while (recovery.getUsedCount() <= use.rule()) {
      recovery.addUsed(0);
    }
    recovery.setUsed(use.rule(), use.ruleUsed());
  }

  /** Notes that another node is to be tried: the named one, or the one it is on, is avoided. */
  public static void avoid(TaskOfJob.Builder job, String named) {
    String node = named.isEmpty() ? job.getNode() : named;
    if (node.isEmpty()) {
      return;
    }
    List<String> nodes = new ArrayList<>(job.getAvoidedNodesList());
    nodes.remove(node);
    nodes.add(node);
    job.clearAvoidedNodes()
        .addAllAvoidedNodes(
            nodes.subList(Math.max(0, nodes.size() - AVOIDED_NODES_MAX), nodes.size()));
  }
}
