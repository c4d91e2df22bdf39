package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.error.RaftError;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Failure;
import io.cairn.server.group.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A read joins the next round, never one that is under way. */
class ReadRoundsTest {
  private final List<ReadIndexClosure> rounds = new ArrayList<>();
  private final List<Runnable> looks = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong(1_000_000_000);
  private final ReadRounds reads =
      new ReadRounds(rounds::add, nanos::get, size -> {}, (task, millis) -> looks.add(task));

  @Test
  void readsThatArriveDuringARoundShareTheNextOne() {
    Captured<Void> first = join();
    Captured<Void> second = join();
    Captured<Void> third = join();
    assertThat(rounds).hasSize(1);
    rounds.get(0).run(Status.OK());
    assertThat(first.isAnswered()).isTrue();
    assertThat(second.isAnswered()).as("its commit index may be too old").isFalse();
    assertThat(rounds).hasSize(2);
    rounds.get(1).run(Status.OK());
    assertThat(second.isAnswered() && third.isAnswered()).isTrue();
    assertThat(rounds).hasSize(2);
  }

  @Test
  void aFailedRoundFailsItsReadsOnlyAndTheNextOneStarts() {
    Captured<Void> first = join();
    Captured<Void> second = join();
    rounds.get(0).run(new Status(RaftError.EAGAIN, "no leader"));
    assertThat(first.code()).isEqualTo(ErrorCode.NO_LEADER);
    assertThat(second.isAnswered()).isFalse();
    rounds.get(1).run(Status.OK());
    assertThat(second.isAnswered()).isTrue();
  }

  @Test
  void freshnessCountsFromTheBeginningOfTheRound() {
    assertThat(reads.freshWithin(1_000_000)).isFalse();
    join();
    nanos.addAndGet(50_000_000);
    rounds.get(0).run(Status.OK());
    assertThat(reads.freshWithin(49)).isFalse();
    assertThat(reads.freshWithin(50)).isTrue();
  }

  private Captured<Void> join() {
    Captured<Void> reply = new Captured<>();
    reads.join(reply);
    return reply;
  }

  @Test
  void aReplyThatThrowsDoesNotEndTheRounds() {
    reads.join(throwing());
    Captured<Void> second = join();
    rounds.get(0).run(Status.OK());
    rounds.get(1).run(Status.OK());
    assertThat(second.isAnswered()).isTrue();
  }

  @Test
  void aReplyThatThrowsDoesNotKeepTheAnswerFromOthersOfItsRound() {
    join();
    reads.join(throwing());
    Captured<Void> behind = join();
    rounds.get(0).run(Status.OK());
    rounds.get(1).run(Status.OK());
    assertThat(behind.isAnswered()).isTrue();
  }

  @Test
  void aRoundWithoutAnswerFailsInTimeAndTheNextOneStarts() {
    Captured<Void> first = join();
    Captured<Void> second = join();
    nanos.addAndGet((ReadRounds.ROUND_MILLIS_MAX - 1) * 1_000_000);
    look();
    assertThat(first.isAnswered()).isFalse();
    nanos.addAndGet(1_000_000);
    look();
    assertThat(first.code()).isEqualTo(ErrorCode.NO_LEADER);
    assertThat(second.isAnswered()).as("its round has just begun").isFalse();
    rounds.get(0).run(Status.OK());
    assertThat(second.isAnswered()).as("by the answer to another round").isFalse();
    assertThat(reads.freshWithin(1_000_000)).as("by an answer that came too late").isFalse();
    rounds.get(1).run(Status.OK());
    assertThat(second.isAnswered()).isTrue();
  }

  @Test
  void nothingLooksAtTheTimeWhileNobodyReads() {
    join();
    join();
    assertThat(looks).as("one task for all rounds").hasSize(1);
    rounds.get(0).run(Status.OK());
    rounds.get(1).run(Status.OK());
    look();
    assertThat(looks).isEmpty();
    join();
    assertThat(looks).hasSize(1);
  }

  /** Time is looked at, as is due. */
  private void look() {
    assertThat(looks).hasSize(1);
    looks.remove(0).run();
  }

  private static Reply<Void> throwing() {
    return new Reply<>() {
      @Override
      public void done(Void nothing) {
        throw new IllegalStateException("a bug of a reader");
      }

      @Override
      public void failed(Failure failure) {}
    };
  }
}
