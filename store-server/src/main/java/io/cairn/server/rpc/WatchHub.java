package io.cairn.server.rpc;

import io.cairn.core.apply.Refusal;
import io.cairn.core.engine.CommittedBatch;
import io.cairn.core.kv.EventPage;
import io.cairn.core.kv.HistoryWindow;
import io.cairn.core.kv.KvReads;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.View;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.Done;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskWatch;
import io.cairn.protocol.v1.WatchRequest;
import io.cairn.server.group.GroupListener;
import io.cairn.server.group.Reply;
import io.cairn.server.group.StoreGroup;
import io.cairn.server.ops.Telemetry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Brings requests, batches and pages of history to the {@link WatchBoard}, each on the right
 * thread: requests come from network threads, batches from the applying thread, pages from the
 * reader thread; the board and the wishes belong to the watch thread. What waits for the watch
 * thread is bounded: a batch over the bound is dropped, and found again by reading history.
 */
final class WatchHub implements GroupListener {
  /**
   * The threads of a hub.
   *
   * @param watch runs one task at a time, in order
   * @param reader reads history
   */
  record Threads(Executor watch, Executor reader) {}

  private static final long QUEUED_BYTES_MAX = 16L * 1024 * 1024;
  private static final long QUEUED_BATCH_BYTES = 1_024;

  /** Events with their previous versions that are read at once, for all watches. */
  private static final long PREVIOUS_BYTES_MAX = 16L * 1024 * 1024;

  private static final int PAGE_ROWS_MAX = 10_000;

  private final StoreGroup group;
  private final Threads threads;
  private final Telemetry telemetry;
  private final Consumer<LeaderHint> onLeader;
  private final WatchBoard board;
  private final TaskWishes wishes = new TaskWishes();
  private final AtomicInteger interest = new AtomicInteger();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicBoolean gapPosted = new AtomicBoolean();

  /**
   * A hub over a group; register it as the group's listener.
   *
   * @param onLeader hears of leaders on the watch thread
   */
  WatchHub(StoreGroup group, Threads threads, Telemetry telemetry, Consumer<LeaderHint> onLeader) {
    this.group = group;
    this.threads = threads;
    this.telemetry = telemetry;
    this.onLeader = onLeader;
    this.board = new WatchBoard(new Pages(), telemetry.metrics(), interest::decrementAndGet);
  }

  /** Sets up a watch; it is answered when it stands. The answer's watch id is the request's id. */
  void watch(WatchSink sink, long id, WatchRequest request) {
    // Before the view is opened: the effects of a batch that finds no interest are in the view.
    interest.incrementAndGet();
    if (request.getStartRevision() != 0) {
      open(sink, id, request);
      return;
    }
    group.linearize(
        new Reply<>() {
          @Override
          public void done(Void nothing) {
            open(sink, id, request);
          }

          @Override
          public void failed(Failure failure) {
            refuse(sink, id, failure);
          }
        });
  }

  /** Ends a watch and answers {@code requestId}; also if there is none. */
  void cancel(WatchSink sink, long requestId, long watchId) {
    post(
        () -> {
          board.cancel(sink, watchId);
          sink.answer(done(requestId));
        });
  }

  /** Replaces what the stream wants to hear of tasks, and answers {@code requestId}. */
  void wish(WatchSink sink, long requestId, TaskWatch wish) {
    interest.incrementAndGet();
    post(
        () -> {
          if (wishes.has(sink)) {
            interest.decrementAndGet();
          }
          wishes.put(sink, wish);
          if (!sink.isOpen()) {
            wishes.remove(sink);
          }
          if (!wishes.has(sink)) {
            interest.decrementAndGet();
          }
          sink.answer(done(requestId));
        });
  }

  /** The stream has ended, with all its watches and wishes. */
  void gone(WatchSink sink) {
    post(
        () -> {
          board.gone(sink);
          if (wishes.has(sink)) {
            wishes.remove(sink);
            interest.decrementAndGet();
          }
        });
  }

  /** The stream has room for watches again. */
  void roomAgain(WatchSink sink) {
    post(() -> board.roomAgain(sink));
  }

  /** Called now and then: tells quiet watches that asked for it how far they are. */
  void progress() {
    post(board::progress);
  }

  /** Watches and wishes there are. */
  int size() {
    return interest.get();
  }

  @Override
  public void committed(CommittedBatch batch) {
    if (interest.get() == 0 || (batch.kvEvents().isEmpty() && batch.taskEvents().isEmpty())) {
      return;
    }
    long size = size(batch);
    if (queuedBytes.addAndGet(size) > QUEUED_BYTES_MAX + size) {
      queuedBytes.addAndGet(-size);
      postGap();
      return;
    }
    post(
        () -> {
          queuedBytes.addAndGet(-size);
          wishes.send(batch.taskEvents());
          board.push(batch);
        });
  }

  @Override
  public void leaderChanged(LeaderHint leader) {
    post(() -> onLeader.accept(leader));
  }

  @Override
  public void restored(long revision) {
    postGap();
  }

  private void open(WatchSink sink, long id, WatchRequest request) {
    boolean taken =
        onReader(
            () -> {
              long revision;
              try (View view = group.view()) {
                revision = view.counter(Counter.REVISION);
              } catch (RuntimeException e) {
                telemetry.log().failure(ErrorMapping.event(e), e, "request", "watch");
                refuse(sink, id, ErrorMapping.of(e));
                return;
              }
              post(() -> stand(sink, id, request, revision));
            });
    if (!taken) {
      refuse(sink, id, ErrorMapping.failure(ErrorCode.SHUTTING_DOWN, "the server is stopping"));
    }
  }

  private void stand(WatchSink sink, long id, WatchRequest request, long revision) {
    if (sink.isOpen()) {
      board.stand(sink, id, request, revision);
    } else {
      interest.decrementAndGet();
    }
  }

  private void refuse(WatchSink sink, long id, Failure failure) {
    interest.decrementAndGet();
    sink.answer(Answer.newBuilder().setId(id).setFailure(failure).build());
  }

  /** Pages for the board, read on the reader thread, and previous versions, on the watch thread. */
  private final class Pages implements WatchBoard.PageReader {
    @Override
    public boolean read(Watch watch, long from) {
      HistoryWindow window =
          new HistoryWindow(
              from, Long.MAX_VALUE - 1, watch.range(), PAGE_ROWS_MAX, Watch.BATCH_BYTES);
      return onReader(() -> readPage(watch, window));
    }

    @Override
    public Optional<List<Event>> complete(List<Event> events) {
      try (View view = group.view()) {
        return KvReads.withPrevious(view, events, PREVIOUS_BYTES_MAX);
      } catch (RuntimeException e) {
        telemetry.log().failure(ErrorMapping.event(e), e, "request", "watch");
        return Optional.empty();
      }
    }
  }

  private void readPage(Watch watch, HistoryWindow window) {
    EventPage page;
    try (View view = group.view()) {
      page = KvReads.history(view, window);
    } catch (RuntimeException e) {
      if (!(e instanceof Refusal)) {
        telemetry
            .log()
            .failure(ErrorMapping.event(e), e, "request", "watch", "from", window.fromRevision());
      }
      post(() -> board.readFailed(watch, ErrorMapping.of(e)));
      return;
    }
    post(() -> board.caughtUp(watch, page));
  }

  private void postGap() {
    if (!gapPosted.compareAndSet(false, true)) {
      return;
    }
    post(
        () -> {
          gapPosted.set(false);
          long revision;
          try (View view = group.view()) {
            revision = view.counter(Counter.REVISION);
          } catch (RuntimeException e) {
            telemetry.log().failure(ErrorMapping.event(e), e, "request", "watch");
            return;
          }
          board.fallBehind(revision);
        });
  }

  private void post(Runnable task) {
    try {
      threads
          .watch()
          .execute(
              () -> {
                try {
                  task.run();
                } catch (RuntimeException e) {
                  telemetry.log().failure(ErrorMapping.event(e), e, "request", "watch");
                }
              });
    } catch (RejectedExecutionException e) {
      // The server is stopping, and its streams with it.
      telemetry.metrics().refused(ErrorCode.SHUTTING_DOWN);
    }
  }

  private boolean onReader(Runnable task) {
    try {
      threads.reader().execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private static long size(CommittedBatch batch) {
    long bytes = QUEUED_BATCH_BYTES;
    for (Event event : batch.kvEvents()) {
      bytes += event.getSerializedSize();
    }
    for (TaskEvent event : batch.taskEvents()) {
      bytes += event.getSerializedSize();
    }
    return bytes;
  }

  private static Answer done(long requestId) {
    return Answer.newBuilder().setId(requestId).setDone(Done.getDefaultInstance()).build();
  }
}
