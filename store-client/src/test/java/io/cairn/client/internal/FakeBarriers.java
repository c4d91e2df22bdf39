package io.cairn.client.internal;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.Barrier.Phase;
import io.cairn.protocol.v1.BarrierPrepareRequest;
import io.cairn.protocol.v1.BarrierResponse;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Job;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.OutcomeError;
import io.cairn.protocol.v1.QueryResult;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The newest barrier of the fake store's one job: as the test says. */
final class FakeBarriers {
  final List<BarrierPrepareRequest> prepared = new CopyOnWriteArrayList<>();
  final AtomicInteger pauses = new AtomicInteger();
  final AtomicInteger questions = new AtomicInteger();
  private long number;
  private Phase phase = Phase.NO_BARRIER;
  private long committed;
  private boolean commits;

  /** Has a barrier in this phase. */
  synchronized void is(long newest, Phase now) {
    number = newest;
    phase = now;
    committed = now == Phase.COMMITTED ? newest : committed;
  }

  /** Commits the barrier with the next preparation. */
  synchronized void commitNext() {
    commits = true;
  }

  synchronized Outcome run(Command command, Outcome.Builder outcome) {
    long of =
        command.hasBarrierPause()
            ? command.getBarrierPause().getBarrier()
            : command.getBarrierPrepare().getBarrier();
    if (command.hasBarrierPause()) {
      pauses.incrementAndGet();
    } else {
      prepared.add(command.getBarrierPrepare());
    }
    if (of != number) {
      return outcome
          .setError(
              OutcomeError.newBuilder()
                  .setCode(ErrorCode.WRONG_STATE.number())
                  .setMessage("the newest is " + number))
          .build();
    }
    if (command.hasBarrierPrepare() && commits) {
      is(number, Phase.COMMITTED);
    }
    return outcome.setBarrier(BarrierResponse.newBuilder().setBarrier(barrier())).build();
  }

  synchronized QueryResult job(QueryResult.Builder result) {
    questions.incrementAndGet();
    return result
        .setJobGet(Job.newBuilder().setBarrier(barrier()).setCommittedBarrier(committed))
        .build();
  }

  private Barrier barrier() {
    return Barrier.newBuilder().setNumber(number).setPhase(phase).build();
  }
}
