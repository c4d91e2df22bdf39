package io.cairn.server.rpc;

import com.google.protobuf.MessageLite;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.ServerFrame;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.WatchBatch;
import io.cairn.protocol.v1.Welcome;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent on one stream. Any thread offers; one task at a time on the answer threads
 * packs what is there into frames while the network takes them. Offering costs a queue insertion
 * and, when the stream was idle, one task.
 *
 * <p>Bound: what is not a watch's may take {@link #ANSWER_BYTES_MAX}; over it, the client does not
 * read, and the stream ends with SLOW_CONSUMER. Watches ask for room first.
 */
final class Outbox {
  /** Bytes of answers and task events over which a stream is closed. */
  static final long ANSWER_BYTES_MAX = 16L * 1024 * 1024;

  private static final int FRAME_ITEMS_MAX = 256;
  private static final int FRAME_BYTES = 512 * 1024;

  /**
   * How the stream ends.
   *
   * @param failure null: well
   * @param flush true: what waits is sent before
   */
  private record Ending(@Nullable Failure failure, boolean flush) {}

  private final ServerCallStreamObserver<ServerFrame> observer;
  private final Executor executor;
  private final Runnable afterSend;
  private final Queue<MessageLite> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong answerBytes = new AtomicLong();
  private final AtomicLong watchBytes = new AtomicLong();
  private final AtomicBoolean sending = new AtomicBoolean();
  private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();

  /** Held for each message and for the end; what is done in it only queues for the network. */
  private final Object writing = new Object();

  private volatile boolean ended;

  /**
   * An outbox of a stream.
   *
   * @param afterSend runs on the sending thread after each frame, and after the end
   */
  Outbox(ServerCallStreamObserver<ServerFrame> observer, Executor executor, Runnable afterSend) {
    this.observer = observer;
    this.executor = executor;
    this.afterSend = afterSend;
  }

  /** Queues an answer, a watch batch, a task event, a leader or the welcome, and sends it. */
  void offer(MessageLite item) {
    gather(item);
    flush();
  }

  /**
   * Queues an item that waits for {@link #flush}, or goes out before, with another or when they
   * fill a frame.
   */
  void gather(MessageLite item) {
    if (ended || endsBadly()) {
      return;
    }
    long size = item.getSerializedSize();
    if (item instanceof WatchBatch) {
      watchBytes.addAndGet(size);
    } else if (answerBytes.addAndGet(size) > ANSWER_BYTES_MAX) {
      fail(
          ErrorMapping.failure(
              ErrorCode.SLOW_CONSUMER,
              answerBytes.get() + " bytes of answers wait to be read, at most " + ANSWER_BYTES_MAX,
              ANSWER_BYTES_MAX,
              answerBytes.get()));
      return;
    }
    queue.add(item);
    if (answerBytes.get() >= FRAME_BYTES) {
      flush();
    }
  }

  /** Sends what is queued. Whoever sends already looks again behind what is queued now. */
  void flush() {
    if (!queue.isEmpty() && !sending.get()) {
      kick();
    }
  }

  /** Ends the stream with a failure, dropping what waits. The first ending counts. */
  void fail(Failure failure) {
    Ending before =
        ending.getAndUpdate(now -> now == null || !isBad(now) ? new Ending(failure, false) : now);
    if (before == null || !isBad(before)) {
      kick();
    }
  }

  /**
   * Ends the stream on the calling thread: for a call that the network is about to reset, where
   * only what is written at once still goes out. The network thread of the call. A message that
   * still waits for the network is lost with the reset, and the reason behind it.
   */
  void failAtOnce(Failure failure) {
    end(failure);
  }

  /** Ends the stream once everything that waits has been sent; null: well. */
  void complete(@Nullable Failure failure) {
    if (ending.compareAndSet(null, new Ending(failure, true))) {
      kick();
    }
  }

  /** The stream is gone: drops everything. */
  void drop() {
    ended = true;
    queue.clear();
  }

  /** True when nothing more can be sent. */
  boolean isEnded() {
    return ended;
  }

  /** Bytes of answers that wait. */
  long answerBytes() {
    return answerBytes.get();
  }

  /** Bytes of watch batches that wait. */
  long watchBytes() {
    return watchBytes.get();
  }

  /**
   * Sends if there is something to send and nobody does. Also the network's sign of being ready.
   */
  void kick() {
    if (sending.compareAndSet(false, true)) {
      try {
        executor.execute(this::send);
      } catch (RejectedExecutionException e) {
        // Only when the server has stopped: its streams are closed by then.
        sending.set(false);
      }
    }
  }

  private void send() {
    try {
      sendWhatIsReady();
    } catch (RuntimeException e) {
      // The call broke under the message: the network's own sign of that follows, or has come.
      drop();
      afterSend.run();
      return;
    } finally {
      sending.set(false);
    }
    // Something may have come, or the network become ready, after the loop looked and before the
    // flag fell.
    if (!ended && (ending.get() != null || !queue.isEmpty()) && mayGoOn()) {
      kick();
    }
  }

  private void sendWhatIsReady() {
    while (!ended) {
      Ending end = ending.get();
      if (end != null && (isBad(end) || queue.isEmpty())) {
        finish(end);
        return;
      }
      if (!observer.isReady()) {
        break;
      }
      ServerFrame frame = nextFrame();
      if (frame == null) {
        break;
      }
      synchronized (writing) {
        if (ended) {
          return;
        }
        observer.onNext(frame);
      }
      afterSend.run();
    }
  }

  private boolean mayGoOn() {
    return observer.isReady() || endsBadly() || (ending.get() != null && queue.isEmpty());
  }

  private void finish(Ending end) {
    end(end.failure());
    queue.clear();
    afterSend.run();
  }

  private void end(@Nullable Failure failure) {
    synchronized (writing) {
      if (ended) {
        return;
      }
      ended = true;
      if (failure == null) {
        observer.onCompleted();
      } else {
        observer.onError(ErrorMapping.asStatus(failure));
      }
    }
  }

  private @Nullable ServerFrame nextFrame() {
    ServerFrame.Builder frame = ServerFrame.newBuilder();
    int items = 0;
    long bytes = 0;
    for (MessageLite item = queue.peek(); item != null; item = queue.peek()) {
      long size = item.getSerializedSize();
      boolean full = items >= FRAME_ITEMS_MAX || bytes + size > FRAME_BYTES;
      // A frame has one place for a leader or a welcome, and a welcome comes before all else.
      boolean taken = item instanceof LeaderHint && frame.hasLeader();
      if (items > 0 && (full || taken)) {
        break;
      }
      queue.remove();
      (item instanceof WatchBatch ? watchBytes : answerBytes).addAndGet(-size);
      add(frame, item);
      items++;
      bytes += size;
    }
    return items == 0 ? null : frame.build();
  }

  private static void add(ServerFrame.Builder frame, MessageLite item) {
    if (item instanceof Answer answer) {
      frame.addAnswers(answer);
    } else if (item instanceof WatchBatch batch) {
      frame.addWatches(batch);
    } else if (item instanceof TaskEvent event) {
      frame.addTaskEvents(event);
    } else if (item instanceof LeaderHint leader) {
      frame.setLeader(leader);
    } else if (item instanceof Welcome welcome) {
      frame.setWelcome(welcome);
    } else {
      throw new IllegalArgumentException("a frame has no place for " + item.getClass());
    }
  }

  private boolean endsBadly() {
    Ending now = ending.get();
    return now != null && isBad(now);
  }

  private static boolean isBad(Ending ending) {
    return !ending.flush();
  }
}
