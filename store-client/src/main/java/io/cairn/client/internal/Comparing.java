package io.cairn.client.internal;

import io.cairn.client.TaskResult;
import io.cairn.client.job.JobContext;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.ResultComparator;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.TaskVerdictRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** The handler of a comparison: reads the results of a partition's runs, and says which agree. */
final class Comparing implements JobHandler {
  private final JobCalls jobs;
  private final ResultComparator comparator;

  Comparing(JobCalls jobs, ResultComparator comparator) {
    this.jobs = jobs;
    this.comparator = comparator;
  }

  /** What a comparison ends with, instead of a result: replicas whose results agree. */
  record Verdict(List<Integer> accepted) {
    Command command(JobContext context) {
      return Command.newBuilder()
          .setTaskVerdict(
              TaskVerdictRequest.newBuilder()
                  .setTask(TaskWire.name(context.taskName()))
                  .setEpoch(context.epoch())
                  .addAllAccepted(accepted))
          .build();
    }
  }

  @Override
  public Object run(JobContext context) throws Exception {
    SortedMap<Integer, TaskResult> results = jobs.replicas(context);
    List<Integer> best = List.of();
    for (Map.Entry<Integer, TaskResult> one : results.entrySet()) {
      List<Integer> agreeing = new ArrayList<>();
      for (Map.Entry<Integer, TaskResult> other : results.entrySet()) {
        context.stopIfAsked();
        if (one.getKey().equals(other.getKey())
            || comparator.alike(one.getValue(), other.getValue())) {
          agreeing.add(other.getKey());
        }
      }
      best = agreeing.size() > best.size() ? agreeing : best;
    }
    return new Verdict(2 * best.size() > results.size() ? List.copyOf(best) : List.of());
  }
}
