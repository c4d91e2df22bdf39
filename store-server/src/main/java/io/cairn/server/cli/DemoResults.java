package io.cairn.server.cli;

import io.cairn.client.Cairn;
import io.cairn.client.Task;
import io.cairn.client.TaskName;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.StoredState;
import io.cairn.examples.flights.Totals;

/** Puts the results of the partitions together. */
final class DemoResults {
  private DemoResults() {}

  /** The totals of all partitions, as they were stored. */
  static Totals read(Cairn client, DemoPlan plan) {
    Totals all = Totals.startingAt(0);
    for (int partition = 0; partition < plan.partitions(); partition++) {
      TaskName name = new TaskName("default", plan.task(partition));
      byte[] stored =
          client
              .tasks()
              .get(name)
              .flatMap(Task::result)
              .orElseThrow(() -> new CommandFailure(Exit.FAILED, "task " + name + " has no result"))
              .toArray();
      all = all.plus(Totals.ofBytes(StoredState.decode(Codecs.bytes(), stored)));
    }
    return all;
  }
}
