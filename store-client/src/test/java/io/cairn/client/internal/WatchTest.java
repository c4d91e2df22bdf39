package io.cairn.client.internal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.cairn.client.CairnException;
import io.cairn.client.KeyRange;
import io.cairn.client.WatchCursor;
import io.cairn.client.WatchEvent;
import io.cairn.client.WatchOp;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.KeyValue;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.ServerFrame;
import io.cairn.protocol.v1.WatchBatch;
import io.cairn.protocol.v1.WatchCreated;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each change is told once and in order, whatever happens to the connection. */
class WatchTest {
  private FakeCluster cluster;
  private WatchCursor cursor;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(1);
    cluster.leader().script(request -> FakeNode.Fate.IGNORE);
    cursor = cluster.client().kv().watch(WatchOp.of(KeyRange.prefix("k")));
  }

  @AfterEach
  void stop() {
    cursor.close();
    cluster.close();
  }

  @Test
  void watchGoesOnBehindTheLastRevisionWhenTheConnectionIsLost() {
    stand(1, 10);
    send(1, 12, false, 11, 12);
    assertThat(taken(2)).containsExactly(11L, 12L);
    cluster.leader().drop();
    assertThat(watch(2).getWatch().getStartRevision()).isEqualTo(13);
    stand(2, 12);
    send(2, 13, false, 13);
    assertThat(taken(1)).containsExactly(13L);
  }

  @Test
  void revisionCutByALostConnectionIsNeitherDoubledNorLost() {
    stand(1, 10);
    send(1, 11, true, 11, 11);
    assertThat(taken(2)).containsExactly(11L, 11L);
    cluster.leader().drop();
    assertThat(watch(2).getWatch().getStartRevision()).isEqualTo(11);
    stand(2, 12);
    send(2, 12, false, 11, 11, 11, 12);
    assertThat(taken(2)).containsExactly(11L, 12L);
    assertThat(cursor.next(Duration.ofMillis(50))).isEmpty();
  }

  @Test
  void watchThatNeverStoodStartsAtThePresentAgain() {
    watch(1);
    cluster.leader().drop();
    assertThat(watch(2).getWatch().getStartRevision()).isZero();
    stand(2, 20);
    assertThat(cursor.awaitStart(Duration.ofSeconds(10))).isEqualTo(21);
  }

  @Test
  void progressWithoutEventsMovesTheRevisionOn() {
    stand(1, 10);
    send(1, 40, false);
    cursor.awaitStart(Duration.ofSeconds(10));
    cluster.leader().drop();
    assertThat(watch(2).getWatch().getStartRevision()).isEqualTo(41);
  }

  @Test
  void compactedWatchEndsWithTheLowestRevisionKept() {
    stand(1, 10);
    cancel(ErrorCode.COMPACTED, 33);
    assertThatThrownBy(() -> cursor.next(Duration.ofSeconds(10)))
        .isInstanceOfSatisfying(
            CairnException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.COMPACTED);
              assertThat(e.expected()).isEqualTo(33);
            });
  }

  @Test
  void slowWatchIsStatedAnew() {
    stand(1, 10);
    send(1, 11, false, 11);
    cancel(ErrorCode.SLOW_CONSUMER, 0);
    assertThat(watch(2).getWatch().getStartRevision()).isEqualTo(12);
  }

  @Test
  void consumerThatDoesNotTakeStopsTheStream() {
    stand(1, 10);
    for (int first = 11; first < 10_011; first += 100) {
      send(1, first + 99, false, LongStream.range(first, first + 100).toArray());
    }
    await()
        .atMost(10, SECONDS)
        .until(() -> cluster.leader().requests.stream().anyMatch(Request::hasWatchCancel));
    assertThat(taken(5_000)).startsWith(11L, 12L).hasSize(5_000);
    Request again = watch(2);
    long from = again.getWatch().getStartRevision();
    assertThat(from).isGreaterThan(8_192);
    stand(2, 20_000);
    send(2, from, false, from);
    int left = (int) from - 11 - 5_000 + 1;
    assertThat(taken(left)).endsWith(from).doesNotHaveDuplicates();
  }

  private List<Long> taken(int count) {
    List<Long> revisions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      revisions.add(cursor.next(Duration.ofSeconds(10)).map(WatchEvent::revision).orElseThrow());
    }
    return revisions;
  }

  /** The n-th request for the watch, once it has come. */
  private Request watch(int number) {
    return await()
        .atMost(10, SECONDS)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> cluster.leader().requests.stream().filter(Request::hasWatch).toList(),
            found -> found.size() >= number)
        .get(number - 1);
  }

  private void stand(int number, long revision) {
    push(
        ServerFrame.newBuilder()
            .addAnswers(
                Answer.newBuilder()
                    .setId(watch(number).getId())
                    .setWatchCreated(WatchCreated.newBuilder().setRevision(revision))));
  }

  private void send(int number, long upTo, boolean fragment, long... revisions) {
    WatchBatch.Builder batch =
        WatchBatch.newBuilder()
            .setWatchId(watch(number).getId())
            .setRevision(upTo)
            .setFragment(fragment);
    for (long revision : revisions) {
      batch.addEvents(
          Event.newBuilder()
              .setKv(
                  KeyValue.newBuilder()
                      .setKey(ByteString.copyFromUtf8("k"))
                      .setModRevision(revision)));
    }
    push(ServerFrame.newBuilder().addWatches(batch));
  }

  private void cancel(ErrorCode code, long expected) {
    push(
        ServerFrame.newBuilder()
            .addWatches(
                WatchBatch.newBuilder()
                    .setWatchId(watch(1).getId())
                    .setCancelled(
                        Failure.newBuilder().setCode(code.number()).setExpected(expected))));
  }

  private void push(ServerFrame.Builder frame) {
    cluster.leader().push(frame.build());
  }
}
