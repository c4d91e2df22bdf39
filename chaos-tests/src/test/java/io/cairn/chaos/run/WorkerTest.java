package io.cairn.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import io.cairn.chaos.workload.Completion;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerTest {
  /** A queue whose first users are interrupted just before they put something in. */
  private static final class LateInterrupts extends ArrayBlockingQueue<Worker.Done> {
    private final AtomicInteger left;

    LateInterrupts(int count) {
      super(4);
      left = new AtomicInteger(count);
    }

    @Override
    public void put(Worker.Done ended) throws InterruptedException {
      if (left.getAndDecrement() > 0) {
        Thread.currentThread().interrupt();
      }
      super.put(ended);
    }
  }

  private static final Worker.Duty ECHO =
      new Worker.Duty() {
        @Override
        public Completion perform(Op invocation) {
          return Completion.ok(invocation.value());
        }

        @Override
        public void close() {}
      };

  @Test
  void anInterruptThatComesWhenTheOperationIsOverLosesNoEnd() throws InterruptedException {
    LateInterrupts done = new LateInterrupts(3);
    Worker worker = new Worker(0, ECHO, done);
    for (long value = 0; value < 2; value++) {
      worker.give(new Op(value, 0, OpType.INVOKE, 0, "read", value, Map.of()));
      Worker.Done ended = done.poll(10, TimeUnit.SECONDS);
      assertThat(ended).isNotNull();
      assertThat(ended.completion().value()).isEqualTo(value);
    }
    worker.end();
    assertThat(worker.awaitEnd(10_000)).isTrue();
  }
}
