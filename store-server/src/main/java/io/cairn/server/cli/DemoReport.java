package io.cairn.server.cli;

import io.cairn.examples.flights.Totals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Tells people, or programs, how a demo goes. The timeline goes to standard output, or to standard
 * error with JSON.
 */
final class DemoReport {
  private static final double SHARE_PER_LINE = 0.25;
  private static final int STEPS = 1_000;

  private final Output output;
  private final boolean json;
  private @Nullable ProgressBar bar;
  private double said;

  DemoReport(Output output, boolean json) {
    this.output = output;
    this.json = json;
  }

  /** Says what is going to happen. */
  void begins(DemoPlan plan, Path dir) {
    say(
        "Flights per departure hour: %,d rows, %d partitions, %d workers, 3 servers (seed %d)"
            .formatted(plan.rows(), plan.partitions(), plan.workers(), plan.seed()));
    say("Data and logs: " + dir);
  }

  /** A line of the timeline. */
  void happened(double seconds, String what) {
    finishProgress();
    say(String.format(Locale.ROOT, "%6.1f s  %s", seconds, what));
  }

  /** A share of all rows has been reached. */
  void progress(double share) {
    if (isTerminal() && !json) {
      ProgressBar shown = bar;
      if (shown == null) {
        shown =
            new ProgressBarBuilder()
                .setTaskName("rows")
                .setInitialMax(STEPS)
                .setStyle(ProgressBarStyle.ASCII)
                .hideEta()
                .clearDisplayOnFinish()
                .build();
        bar = shown;
      }
      shown.stepTo((long) (share * STEPS));
    } else if (share >= said + SHARE_PER_LINE) {
      said = share;
      output.remark(String.format(Locale.ROOT, "          %3.0f %% of the rows", share * 100));
    }
  }

  /** Takes the bar away until there is progress again. */
  void finishProgress() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  /** Something beside the timeline. */
  void remark(String line) {
    output.remark(line);
  }

  /** Says the outcome; true if it is as it must be. */
  boolean ends(DemoEvents events, Totals counted, Totals expected, double seconds) {
    finishProgress();
    boolean right = counted.equals(expected);
    boolean hit = events.workersKilledCount() > 0 && events.leadersKilledCount() > 0;
    boolean valid = right && hit && events.isFencingShown();
    long replayed = events.rowsBegun() - expected.rows();
    say("");
    say("Partitions that went on after a fault:");
    for (DemoEvents.Resume resume : events.resumes()) {
      say(
          "  partition %d on worker %d: from row %,d, checkpoint %d, attempt %d"
              .formatted(
                  resume.partition(),
                  resume.worker(),
                  resume.fromRow(),
                  resume.checkpointSeq(),
                  resume.attempt()));
    }
    say("");
    table(counted, expected).lines().forEach(this::say);
    say("");
    say(
        String.format(
            Locale.ROOT,
            "%,d rows, %,d minutes of delay; a single pass finds %,d and %,d. Rows begun twice: %,d"
                + " of %,d. Stale writes fenced: %d. %.1f s.",
            counted.rows(),
            sum(counted.delayMinutes()),
            expected.rows(),
            sum(expected.delayMinutes()),
            replayed,
            expected.rows(),
            events.fenced(),
            seconds));
    say(valid ? "VALID: every row was counted exactly once." : invalid(right, hit, events));
    if (json) {
      output.object(object(events, counted, seconds, valid, replayed));
    }
    return valid;
  }

  private static String invalid(boolean right, boolean hit, DemoEvents events) {
    if (!right) {
      return "NOT VALID: the totals differ from those of a single pass.";
    }
    return hit
        ? "NOT VALID: stale writes were not all fenced: " + events.staleWrites()
        : "NOT VALID: a fault did not happen.";
  }

  private static Table table(Totals counted, Totals expected) {
    Table table = new Table("HOUR", "FLIGHTS", "DELAY MIN", "MEAN", "SINGLE PASS");
    for (int hour = 0; hour < Totals.HOURS; hour++) {
      long flights = counted.flights().get(hour);
      long delay = counted.delayMinutes().get(hour);
      boolean same =
          flights == expected.flights().get(hour) && delay == expected.delayMinutes().get(hour);
      table.row(
          String.format(Locale.ROOT, "%02d", hour),
          flights,
          delay,
          flights == 0 ? "-" : String.format(Locale.ROOT, "%.1f", (double) delay / flights),
          same ? "same" : "DIFFERS");
    }
    return table;
  }

  private static Fields object(
      DemoEvents events, Totals counted, double seconds, boolean valid, long replayed) {
    List<Fields> resumes =
        events.resumes().stream()
            .map(
                resume ->
                    Fields.of()
                        .put("partition", resume.partition())
                        .put("fromRow", resume.fromRow())
                        .put("checkpointSeq", resume.checkpointSeq()))
            .toList();
    return Fields.of()
        .put("rows", counted.rows())
        .put("delaySum", sum(counted.delayMinutes()))
        .numbers("byHour", counted.flights())
        .put("workersKilled", events.workersKilledCount())
        .put("fencedWrites", events.fenced())
        .put("leadersKilled", events.leadersKilledCount())
        .objects("resumes", resumes)
        .put("rowsReplayed", replayed)
        .put("seconds", Math.round(seconds))
        .put("valid", valid);
  }

  /** The bar is drawn on standard error with carriage returns: not into a file. */
  private static boolean isTerminal() {
    return System.getenv("TERM") != null
        && Files.exists(Path.of("/proc/self/fd/2"))
        && isTerminal(Path.of("/proc/self/fd/2"));
  }

  private static boolean isTerminal(Path stream) {
    try {
      return stream.toRealPath().startsWith("/dev/pts")
          || stream.toRealPath().startsWith("/dev/tty");
    } catch (IOException e) {
      return false; // a pipe, which is no path
    }
  }

  private void say(String line) {
    if (json) {
      output.remark(line);
    } else {
      output.line(line);
      output.flush();
    }
  }

  private static long sum(List<Long> numbers) {
    return numbers.stream().mapToLong(Long::longValue).sum();
  }
}
