package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Cairn;
import io.cairn.client.TaskName;
import io.cairn.client.TaskRun;
import io.cairn.client.TaskState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How a job is tested: the example of docs/testkit.md. */
@WithCairn(nodes = 3)
class ExampleJobTest {
  private static final int LINES = 100;

  /** How far the job is. */
  record Position(int line, long sum) {
    static Position start() {
      return new Position(0, 0);
    }
  }

  @Test
  void eachLineIsCountedOnceWhenLeaderAndWorkerDie(CairnCluster cluster, Cairn cairn) {
    try (Cairn first = cluster.clientBuilder().build()) {
      TaskRun<Position> run = run(first);
      // This worker ends in the midst of its work, without closing its run.
      Position left = work(run, run.stateOr(Position::start), 55);
      assertThat(left.line()).isEqualTo(55);
    }
    cluster.kill(cluster.leader());
    try (TaskRun<Position> run = run(cairn)) {
      assertThat(run.isResumed()).isTrue();
      Position from = run.stateOr(Position::start);
      assertThat(from.line()).isBetween(0, 55);
      Position end = work(run, from, LINES);
      assertThat(end.sum()).isEqualTo(4_950);
      run.complete(end.sum());
    }
    assertThat(cairn.tasks().get(TaskName.of("billing")).orElseThrow().state())
        .isEqualTo(TaskState.SUCCEEDED);
  }

  private static TaskRun<Position> run(Cairn cairn) {
    return cairn
        .task("billing", Position.class)
        .checkpointEvery(10)
        .leaseTtl(Duration.ofSeconds(2)) // a test need not wait long for an owner that is gone
        .acquire();
  }

  /** Adds up line numbers. */
  private static Position work(TaskRun<Position> run, Position from, int to) {
    Position position = from;
    while (position.line() < to) {
      position = new Position(position.line() + 1, position.sum() + position.line());
      run.update(position);
    }
    return position;
  }
}
