package io.cairn.server.raft.log;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the segments that the start left unread, and checks them as the start would have, record by
 * record and each against the one before. Damage is told as that which a read meets, and the next
 * start meets it again: the segment has no index any more.
 *
 * <p>That this node votes before it is done loses nothing. A vote is by index and term of the last
 * entry, which the start has read and checked. An entry that is given to the state machine or to
 * another member is read first, and the first read of a segment checks all of it ({@link
 * SegmentIndexes#endsOf}) and halts the node if it is damaged. So no entry counts that was not
 * checked since the start, as one by one as in its chain; the scrub is for those that nobody asks
 * for.
 *
 * <p>It takes no lock while it reads, and the log may be cut meanwhile. No segment is zeroed,
 * closed or used again before {@link LogIndex} has counted the cut that does so. So what is found
 * wrong is damage if nothing was cut since the segment was begun; otherwise the segment is begun
 * anew, as far as it still belongs to the log.
 *
 * <p>One thread.
 */
final class Scrub implements Runnable {
  /**
   * 64 MB/s: half of what slow disks read, which others use, too, and a tenth of a processor. Ten
   * gigabytes take less than three minutes.
   */
  private static final long BYTES_PER_SECOND = 64_000_000;

  private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);
  private static final int STEP_BYTES = 1 << 20;

  private final LogIndex index;
  private final EntryReader reader;
  private final List<Segment> segments;
  private final Plan plan;
  private long bytesRead;

  /**
   * How the scrub is run.
   *
   * @param thread runs it beside everything else
   * @param failure told what it met, whatever that is, as the last thing it does
   */
  record Plan(Executor thread, ScrubPace pace, Consumer<Throwable> failure) {
    /** On a thread of its own, at most {@value #BYTES_PER_SECOND} bytes a second. */
    static Plan of(Consumer<Throwable> failure) {
      return new Plan(
          task -> {
            Thread thread = new Thread(task, "cairn-log-scrub");
            thread.setDaemon(true);
            thread.start();
          },
          ScrubPace.of(BYTES_PER_SECOND),
          failure);
    }
  }

  Scrub(LogIndex index, EntryReader reader, List<Segment> segments, Plan plan) {
    this.index = index;
    this.reader = reader;
    this.segments = segments;
    this.plan = plan;
  }

  /** Reads all of them, or until it is stopped. */
  @Override
  public void run() {
    long startNanos = System.nanoTime();
    try {
      boolean all = true;
      for (int i = segments.size() - 1; all && i >= 0; i--) { // the newest are asked for first
        all = check(segments.get(i));
      }
      if (all && plan.pace().next(0)) {
        LOG.info(
            "raft log scrubbed segments={} mib={} millis={}",
            segments.size(),
            bytesRead >> 20,
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
      }
    } catch (Throwable e) { // it must not end without a word
      plan.failure().accept(e);
    }
  }

  /** False when it was stopped. */
  private boolean check(Segment segment) throws IOException, InterruptedException {
    while (true) {
      Optional<LogIndex.Extent> extent = index.extentOf(segment);
      if (extent.isEmpty() || !segment.isUnread()) {
        return true; // it was let go, or a reader was here
      }
      try {
        return check(segment, extent.get());
      } catch (IOException e) {
        if (index.isAsItWas(extent.get().cuts())) {
          throw reader.damage(segment, e);
        }
      }
    }
  }

  private boolean check(Segment segment, LogIndex.Extent extent)
      throws IOException, InterruptedException {
    SegmentScan scan = new SegmentScan(segment);
    long step = 0;
    while (scan.index() < extent.last()) {
      if (scan.end() >= step) {
        step = (long) scan.end() + STEP_BYTES;
        if (!plan.pace().next(STEP_BYTES)) {
          return false;
        }
      }
      scan.step();
    }
    scan.requireEnd(extent.lastCrc());
    segment.checked();
    bytesRead += scan.end();
    return true;
  }
}
