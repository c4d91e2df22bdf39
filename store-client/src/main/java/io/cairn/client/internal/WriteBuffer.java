package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.protocol.ErrorCode;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Bytes on their way, bounded: who wants to add more waits. One write larger than the bound goes
 * alone. Any thread.
 */
final class WriteBuffer {
  private final long bytesMax;
  private final BooleanSupplier mayNotWait;
  private long bytes;
  private Optional<CairnException> end = Optional.empty();

  WriteBuffer(long bytesMax, BooleanSupplier mayNotWait) {
    this.bytesMax = bytesMax;
    this.mayNotWait = mayNotWait;
  }

  /**
   * Waits for room; returns at once when the pipeline has ended. OVERLOADED where answers come by:
   * waiting there would be for ever.
   */
  synchronized void admit(long more) {
    try {
      while (bytes > 0 && bytes + more > bytesMax && end.isEmpty()) {
        if (mayNotWait.getAsBoolean()) {
          throw new CairnException(
              ErrorCode.OVERLOADED,
              bytes
                  + " bytes of this task are on their way, and a callback cannot wait for room;"
                  + " chain with an executor");
        }
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CairnException(
          ErrorCode.CLOSED, "interrupted while waiting for room; nothing was sent", e);
    }
    bytes += more;
  }

  synchronized void release(long less) {
    bytes -= less;
    notifyAll();
  }

  /** Corrects what was admitted to what it has become. */
  synchronized void exchange(long admitted, long actual) {
    bytes += actual - admitted;
    notifyAll();
  }

  synchronized void end(CairnException why) {
    if (end.isEmpty()) {
      end = Optional.of(why);
    }
    notifyAll();
  }

  /** Why nothing can be added any more. */
  synchronized Optional<CairnException> end() {
    return end;
  }

  synchronized long bytes() {
    return bytes;
  }
}
