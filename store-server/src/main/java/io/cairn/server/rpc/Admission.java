package io.cairn.server.rpc;

import io.cairn.protocol.v1.Lane;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bound on unanswered requests of all streams, in count and in bytes. Each lane has its own, so
 * that work cannot starve heartbeats: theirs is an eighth of the work's, on top. Any thread.
 */
final class Admission {
  private static final int HEARTBEAT_PART = 8;

  /** What one lane holds. */
  private static final class Share {
    private final long requestsMax;
    private final long bytesMax;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    Share(long requestsMax, long bytesMax) {
      this.requestsMax = requestsMax;
      this.bytesMax = bytesMax;
    }

    boolean tryEnter(long size) {
      if (requests.incrementAndGet() > requestsMax) {
        requests.decrementAndGet();
        return false;
      }
      if (bytes.addAndGet(size) > bytesMax) {
        bytes.addAndGet(-size);
        requests.decrementAndGet();
        return false;
      }
      return true;
    }

    void leave(long size) {
      bytes.addAndGet(-size);
      long left = requests.decrementAndGet();
      assert left >= 0 && bytes.get() >= 0 : "left more often than entered: " + left;
    }
  }

  private final Share work;
  private final Share heartbeat;

  /** Bounds of the work lane. */
  Admission(int requestsMax, long bytesMax) {
    work = new Share(requestsMax, bytesMax);
    heartbeat =
        new Share(
            Math.max(1, requestsMax / HEARTBEAT_PART), Math.max(4_096, bytesMax / HEARTBEAT_PART));
  }

  /** Takes a place if there is one: then {@link #leave} must follow once, with the same values. */
  boolean tryEnter(Lane lane, long bytes) {
    return share(lane).tryEnter(bytes);
  }

  /** Gives the place back. */
  void leave(Lane lane, long bytes) {
    share(lane).leave(bytes);
  }

  /** Requests that hold a place. */
  long requests(Lane lane) {
    return share(lane).requests.get();
  }

  /** Bytes of requests that hold a place. */
  long bytes(Lane lane) {
    return share(lane).bytes.get();
  }

  private Share share(Lane lane) {
    return lane == Lane.HEARTBEAT ? heartbeat : work;
  }
}
