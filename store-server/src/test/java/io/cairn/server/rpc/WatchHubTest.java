package io.cairn.server.rpc;

import static io.cairn.server.rpc.Commands.delete;
import static io.cairn.server.rpc.Commands.put;
import static io.cairn.server.rpc.Commands.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.core.kv.KeyRange;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.CompactRequest;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.RequestOp;
import io.cairn.protocol.v1.TaskCreateRequest;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskWatch;
import io.cairn.protocol.v1.TxnRequest;
import io.cairn.protocol.v1.WatchBatch;
import io.cairn.protocol.v1.WatchRequest;
import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.ServerMetrics;
import io.cairn.server.ops.Telemetry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchHubTest {
  private static final ByteString ALL = ByteString.copyFrom(new byte[1]);

  private final ServerMetrics metrics = new ServerMetrics();
  private final ExecutorService watchThread = Executors.newSingleThreadExecutor();
  private final ExecutorService reader = Executors.newSingleThreadExecutor();
  private LocalGroup group;
  private WatchHub hub;

  /** A stream that has room for some batches only, and takes more when told. */
  private final class Sink implements WatchSink {
    final List<WatchBatch> batches = new CopyOnWriteArrayList<>();
    final List<Answer> answers = new CopyOnWriteArrayList<>();
    final List<TaskEvent> taskEvents = new CopyOnWriteArrayList<>();
    private long room;
    private boolean waiting;
    private boolean open = true;

    Sink(int room) {
      this.room = room;
    }

    @Override
    public synchronized boolean isOpen() {
      return open;
    }

    @Override
    public synchronized boolean hasRoom() {
      waiting = room <= 0;
      return !waiting;
    }

    @Override
    public synchronized void send(WatchBatch batch) {
      room--;
      batches.add(batch);
    }

    @Override
    public void send(TaskEvent event) {
      taskEvents.add(event);
    }

    @Override
    public void answer(Answer answer) {
      answers.add(answer);
    }

    void give(int more) {
      boolean tell;
      synchronized (this) {
        room += more;
        tell = waiting && room > 0;
      }
      if (tell) {
        hub.roomAgain(this);
      }
    }

    synchronized void close() {
      open = false;
    }

    List<Event> events() {
      return batches.stream().flatMap(batch -> batch.getEventsList().stream()).toList();
    }

    long through() {
      return batches.isEmpty() ? 0 : batches.get(batches.size() - 1).getRevision();
    }
  }

  @BeforeEach
  void start(@TempDir Path folder) {
    group = new LocalGroup(folder);
    hub =
        new WatchHub(
            group,
            new WatchHub.Threads(watchThread, reader),
            new Telemetry(new EventLog(), metrics),
            leader -> {});
    group.listen(hub);
  }

  @AfterEach
  void stop() {
    watchThread.shutdownNow();
    reader.shutdownNow();
    group.close();
    metrics.close();
  }

  /** Seeded load against many watches of all kinds; each must see exactly its part, in order. */
  @Test
  void everyWatchSeesExactlyItsEventsInOrderUnderRandomLoad() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Sink model = watch(Integer.MAX_VALUE, 1, range("", ALL).setStartRevision(1).setPrevKv(true));
    List<Sink> sinks = new ArrayList<>();
    List<WatchRequest> requests = new ArrayList<>();
    for (int step = 0; step < 600; step++) {
      int commands = 1 + random.nextInt(5);
      List<ByteString> entry = new ArrayList<>();
      for (int i = 0; i < commands; i++) {
        entry.add(randomCommand(random).toByteString());
      }
      group.mute = random.nextInt(20) == 0;
      group.apply(entry, List.of());
      if (group.mute) {
        group.mute = false;
        group.tellRestored();
      }
      if (random.nextInt(8) == 0 && sinks.size() < 60) {
        WatchRequest.Builder request =
            switch (random.nextInt(3)) {
              case 0 -> range("k" + random.nextInt(10), ByteString.EMPTY);
              case 1 -> range("k2", text("k6"));
              default -> range("", ALL);
            };
        long revision = Math.max(1, model.through());
        request
            .setStartRevision(1 + random.nextInt((int) revision + 20))
            .setNoPut(random.nextInt(6) == 0)
            .setNoDelete(random.nextInt(6) == 0)
            .setPrevKv(random.nextBoolean());
        requests.add(request.build());
        sinks.add(watch(random.nextInt(4) == 0 ? Integer.MAX_VALUE : 2, 1, request));
      }
      for (Sink sink : sinks) {
        if (random.nextInt(10) == 0) {
          sink.give(random.nextInt(4));
        }
      }
    }
    sinks.forEach(sink -> sink.give(1_000_000));
    group.apply(List.of(put("zz", "end").toByteString()), List.of());
    TestClient.await().until(() -> lastKey(model).equals("zz"));
    List<Event> all = model.events();
    assertThat(all).isSortedAccordingTo(WatchHubTest::byRevision);
    for (int i = 0; i < sinks.size(); i++) {
      List<Event> expected = expected(all, requests.get(i));
      Sink sink = sinks.get(i);
      TestClient.await().until(() -> sink.events().size() >= expected.size());
      assertThat(sink.events()).as("%s", requests.get(i)).isEqualTo(expected);
    }
    assertThat(distinctPlaces(all)).isEqualTo(all.size());
  }

  @Test
  void watchFromNowSeesWhatFollowsItsCreation() {
    group.apply(List.of(put("a", "1").toByteString()), List.of());
    Sink sink = watch(10, 7, range("a", ByteString.EMPTY));
    long created = sink.answers.get(0).getWatchCreated().getRevision();
    group.apply(List.of(put("a", "2").toByteString()), List.of());
    TestClient.await().until(() -> sink.events().size() == 1);
    WatchBatch batch = sink.batches.get(0);
    assertThat(batch.getWatchId()).isEqualTo(7);
    assertThat(batch.getRevision()).isEqualTo(created + 1);
    assertThat(batch.getEvents(0).getKv().getValue().toStringUtf8()).isEqualTo("2");
    assertThat(batch.getEvents(0).hasPrevKv()).isFalse();
  }

  @Test
  void watchBelowTheCompactedRevisionIsCancelledWithTheLowestKept() {
    for (int i = 0; i < 5; i++) {
      group.apply(List.of(put("a", "v" + i).toByteString()), List.of());
    }
    Command compact =
        Command.newBuilder()
            .setGroup(LocalGroup.ID)
            .setCompact(CompactRequest.newBuilder().setRevision(4))
            .build();
    group.apply(List.of(compact.toByteString()), List.of());
    Sink sink = watch(10, 1, range("a", ByteString.EMPTY).setStartRevision(2));
    TestClient.await().until(() -> !sink.batches.isEmpty());
    assertThat(sink.batches.get(0).getCancelled().getCode())
        .isEqualTo(ErrorCode.COMPACTED.number());
    assertThat(sink.batches.get(0).getCancelled().getExpected()).isEqualTo(4);
    assertThat(hub.size()).isZero();
  }

  @Test
  void compactionRightBehindAChangeDoesNotEndAWatchThatWantsWhatWasBefore() {
    group.apply(List.of(put("a", "1").toByteString()), List.of());
    Sink sink = watch(100, 1, range("", ALL).setPrevKv(true));
    Command compact =
        Command.newBuilder()
            .setGroup(LocalGroup.ID)
            .setCompact(CompactRequest.newBuilder().setRevision(4))
            .build();
    group.apply(
        List.of(put("a", "2").toByteString(), put("a", "3").toByteString(), compact.toByteString()),
        List.of());
    TestClient.await().until(() -> sink.events().size() == 2);
    assertThat(sink.batches).noneMatch(WatchBatch::hasCancelled);
    assertThat(sink.events()).as("compacted").noneMatch(Event::hasPrevKv);
    group.apply(List.of(put("a", "4").toByteString()), List.of());
    TestClient.await().until(() -> sink.events().size() == 3);
    assertThat(sink.events().get(2).getPrevKv().getValue()).isEqualTo(text("3"));
  }

  @Test
  void previousVersionsThatAreTooLargeTogetherComeByPages() {
    ByteString big = ByteString.copyFrom(new byte[Limits.VALUE_BYTES_MAX]);
    for (int i = 0; i < 20; i++) {
      group.apply(List.of(put("k" + i, big).toByteString()), List.of());
    }
    Sink sink = watch(100, 1, range("", ALL).setPrevKv(true));
    List<ByteString> small = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      small.add(put("k" + i, "small").toByteString());
    }
    group.apply(small, List.of());
    TestClient.await().until(() -> sink.events().size() == 20);
    assertThat(sink.events()).allMatch(event -> event.getPrevKv().getValue().equals(big));
  }

  @Test
  void revisionOverOneBatchIsSentInFragments() {
    ByteString big = ByteString.copyFrom(new byte[400 * 1024]);
    for (String key : List.of("a", "b", "c", "d")) {
      group.apply(List.of(put(key, big).toByteString()), List.of());
    }
    Sink sink = watch(100, 1, range("", ALL).setPrevKv(true));
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (String key : List.of("a", "b", "c", "d")) {
      PutRequest put = PutRequest.newBuilder().setKey(text(key)).setValue(text("small")).build();
      txn.addSuccess(RequestOp.newBuilder().setPut(put));
    }
    Command command = Command.newBuilder().setGroup(LocalGroup.ID).setTxn(txn).build();
    group.apply(List.of(command.toByteString()), List.of());
    TestClient.await().until(() -> sink.events().size() == 4);
    assertThat(sink.batches).hasSize(2);
    assertThat(sink.batches.get(0).getFragment()).isTrue();
    assertThat(sink.batches.get(1).getFragment()).isFalse();
    assertThat(sink.batches.get(0).getRevision()).isEqualTo(sink.batches.get(1).getRevision() - 1);
  }

  @Test
  void watchesOfAStreamThatIsGoneAreForgotten() {
    Sink sink = watch(10, 1, range("", ALL));
    assertThat(hub.size()).isEqualTo(1);
    sink.close();
    hub.gone(sink);
    TestClient.await().until(() -> hub.size() == 0);
    group.apply(List.of(put("a", "1").toByteString()), List.of());
    assertThat(sink.batches).isEmpty();
  }

  @Test
  void cancelledWatchIsAnsweredAndSilent() {
    Sink sink = watch(10, 1, range("", ALL));
    hub.cancel(sink, 2, 1);
    TestClient.await().until(() -> sink.answers.size() == 2);
    assertThat(sink.answers.get(1).hasDone()).isTrue();
    group.apply(List.of(put("a", "1").toByteString()), List.of());
    assertThat(hub.size()).isZero();
    assertThat(sink.batches).isEmpty();
  }

  @Test
  void quietWatchIsToldHowFarItIs() {
    Sink sink = watch(10, 1, range("never", ByteString.EMPTY).setProgressNotify(true));
    group.apply(List.of(put("a", "1").toByteString()), List.of());
    TestClient.await()
        .until(
            () -> {
              hub.progress();
              return sink.through() == 2;
            });
    assertThat(sink.events()).isEmpty();
  }

  @Test
  void taskEventsGoToThoseWhoAskedByPrefix() {
    Sink asked = new Sink(10);
    Sink other = new Sink(10);
    hub.wish(
        asked,
        1,
        TaskWatch.newBuilder().setNamespace("n").setNamePrefix("job/").setAll(true).build());
    hub.wish(
        other, 1, TaskWatch.newBuilder().setNamespace("n").setNamePrefix("x").setAll(true).build());
    TestClient.await().until(() -> !asked.answers.isEmpty() && !other.answers.isEmpty());
    Command create =
        Command.newBuilder()
            .setGroup(LocalGroup.ID)
            .setTaskCreate(
                TaskCreateRequest.newBuilder()
                    .setName(TaskName.newBuilder().setNamespace("n").setName("job/1")))
            .build();
    group.apply(List.of(create.toByteString()), List.of());
    TestClient.await().until(() -> !asked.taskEvents.isEmpty());
    assertThat(asked.taskEvents.get(0).getName().getName()).isEqualTo("job/1");
    assertThat(other.taskEvents).isEmpty();
  }

  private Sink watch(int room, long id, WatchRequest.Builder request) {
    Sink sink = new Sink(room);
    hub.watch(sink, id, request.build());
    TestClient.await().until(() -> !sink.answers.isEmpty());
    assertThat(sink.answers.get(0).hasWatchCreated()).isTrue();
    return sink;
  }

  private static WatchRequest.Builder range(String key, ByteString end) {
    return WatchRequest.newBuilder().setKey(text(key)).setRangeEnd(end);
  }

  private static Command randomCommand(Random random) {
    String key = "k" + random.nextInt(10);
    return random.nextInt(4) == 0
        ? delete(key)
        : put(key, text("v" + random.nextInt()).concat(zeros(random.nextInt(4_000))));
  }

  private static ByteString zeros(int count) {
    return ByteString.copyFrom(new byte[count]);
  }

  private static String lastKey(Sink sink) {
    List<Event> events = sink.events();
    return events.isEmpty() ? "" : events.get(events.size() - 1).getKv().getKey().toStringUtf8();
  }

  private static List<Event> expected(List<Event> all, WatchRequest request) {
    KeyRange range = KeyRange.ofWatch(request);
    return all.stream()
        .filter(event -> range.matches(event.getKv().getKey()))
        .filter(event -> event.getKv().getModRevision() >= request.getStartRevision())
        .filter(
            event ->
                event.getType() == Event.Type.PUT ? !request.getNoPut() : !request.getNoDelete())
        .map(event -> request.getPrevKv() ? event : event.toBuilder().clearPrevKv().build())
        .toList();
  }

  private static long distinctPlaces(List<Event> events) {
    return events.stream()
        .map(event -> event.getKv().getModRevision() + "/" + event.getKv().getKey().toStringUtf8())
        .distinct()
        .count();
  }

  private static int byRevision(Event left, Event right) {
    return Long.compare(left.getKv().getModRevision(), right.getKv().getModRevision());
  }
}
