package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.util.RepeatedTimer;
import com.alipay.sofa.jraft.util.timer.Timeout;
import io.cairn.server.raft.ElectionTimer.Haste;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ElectionTimerTest {
  private static final int USUAL = 600;

  private final ManualTimer time = new ManualTimer();
  private final List<String> events = new ArrayList<>();
  private final ElectionTimer timer = new ElectionTimer(time, stopped -> events.add("stopped"));
  private final Haste haste =
      new Haste(150, 300, 3, () -> events.add("begins"), () -> events.add("ends"));

  /** The election timer as JRaft has it, without its randomness. */
  private final class Repeated extends RepeatedTimer {
    private final List<Long> runsAt = new ArrayList<>();
    private Runnable duringRun = () -> {};

    Repeated() {
      super("test", USUAL, timer);
    }

    @Override
    protected void onTrigger() {
      runsAt.add(time.nowMillis());
      duringRun.run();
    }
  }

  private final Repeated repeated = new Repeated();

  @Test
  void runsAsJraftSaysWhenThereIsNoHaste() {
    repeated.start();
    time.pass(3 * USUAL);
    assertThat(repeated.runsAt).containsExactly(600L, 1200L, 1800L);
  }

  @Test
  void runsSoonAndAgainAndThenAsUsual() {
    repeated.start();
    time.pass(100);
    assertThat(timer.hasten(haste)).isTrue();
    assertThat(events).containsExactly("begins");
    time.pass(749);
    assertThat(events).containsExactly("begins");
    time.pass(1);
    assertThat(events).containsExactly("begins", "ends");
    time.pass(2 * USUAL);
    assertThat(repeated.runsAt).containsExactly(250L, 550L, 850L, 1450L, 2050L);
  }

  @Test
  void waitsForItsTurnEvenWhereItWouldHaveRunEarlier() {
    repeated.start();
    time.pass(500);
    assertThat(timer.hasten(haste)).isTrue();
    time.pass(200);
    assertThat(repeated.runsAt).containsExactly(650L);
  }

  @Test
  void aSecondHasteIsRefusedUntilTheFirstIsOver() {
    repeated.start();
    assertThat(timer.hasten(haste)).isTrue();
    assertThat(timer.hasten(haste)).isFalse();
    time.pass(750);
    assertThat(timer.hasten(haste)).isTrue();
    assertThat(events).containsExactly("begins", "ends", "begins");
  }

  @Test
  void endsWhenTheNodeStands() {
    repeated.start();
    timer.hasten(haste);
    repeated.stop();
    assertThat(events).containsExactly("begins", "ends");
    time.pass(5 * USUAL);
    assertThat(repeated.runsAt).isEmpty();
  }

  @Test
  void endsWhenTheNodeStandsInTheRunItself() {
    repeated.start();
    timer.hasten(haste);
    repeated.duringRun = repeated::stop;
    time.pass(5 * USUAL);
    assertThat(repeated.runsAt).containsExactly(150L);
    assertThat(events).containsExactly("begins", "ends");
  }

  @Test
  void endsWhenAnotherIsHeardOf() {
    repeated.start();
    timer.hasten(haste);
    time.pass(200);
    repeated.restart();
    assertThat(events).containsExactly("begins", "ends");
    time.pass(USUAL);
    assertThat(repeated.runsAt).containsExactly(150L, 800L);
  }

  @Test
  void doesNotBeginOnANodeThatLeadsOrStands() {
    assertThat(timer.hasten(haste)).isFalse();
    repeated.start();
    repeated.stop();
    assertThat(timer.hasten(haste)).isFalse();
    assertThat(events).isEmpty();
  }

  @Test
  void beginsAfterARunThatIsUnderWay() {
    repeated.start();
    repeated.duringRun = () -> timer.hasten(haste);
    time.pass(USUAL);
    repeated.duringRun = () -> {};
    time.pass(1200);
    assertThat(repeated.runsAt).containsExactly(600L, 750L, 1050L, 1350L);
    assertThat(events).containsExactly("begins", "ends");
  }

  @Test
  void endsWithTheNode() {
    repeated.start();
    timer.hasten(haste);
    repeated.destroy();
    repeated.destroy();
    assertThat(events).containsExactly("begins", "ends", "stopped");
    assertThat(time.stops()).isEqualTo(1);
    assertThat(timer.hasten(haste)).isFalse();
    assertThatThrownBy(() -> timer.newTimeout(timeout -> {}, 1, TimeUnit.MILLISECONDS))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aTimeoutTakesThePlaceOfTheOneBefore() {
    List<String> ran = new ArrayList<>();
    Timeout first = timer.newTimeout(timeout -> ran.add("first"), 10, TimeUnit.MILLISECONDS);
    Timeout second = timer.newTimeout(timeout -> ran.add("second"), 20, TimeUnit.MILLISECONDS);
    timer.hasten(haste);
    assertThat(first.cancel()).isFalse();
    assertThat(events).containsExactly("begins");
    time.pass(1000);
    assertThat(ran).containsExactly("second");
    assertThat(second.isExpired()).isTrue();
    assertThat(second.cancel()).isFalse();
    assertThat(second.isCancelled()).isFalse();
  }

  @Test
  void aCancelledTimeoutDoesNotRun() {
    Timeout timeout = timer.newTimeout(unused -> events.add("ran"), 10, TimeUnit.MILLISECONDS);
    assertThat(timeout.cancel()).isTrue();
    assertThat(timeout.isCancelled()).isTrue();
    assertThat(timeout.cancel()).isFalse();
    time.pass(100);
    assertThat(events).isEmpty();
  }

  @Test
  void timersOfSeveralNodesDoNotHastenEachOther() {
    ElectionTimer other = new ElectionTimer(time, stopped -> {});
    List<Long> ranAt = new ArrayList<>();
    var unused =
        other.newTimeout(timeout -> ranAt.add(time.nowMillis()), USUAL, TimeUnit.MILLISECONDS);
    repeated.start();
    timer.hasten(haste);
    time.pass(USUAL);
    assertThat(ranAt).containsExactly(600L);
    assertThat(repeated.runsAt).containsExactly(150L, 450L);
  }
}
