package io.cairn.chaos.cli;

import io.cairn.chaos.run.ChaosRun;
import io.cairn.chaos.run.Recorder;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells how a run goes: one line that is written over, or one every few seconds without a terminal.
 */
final class ProgressLine implements AutoCloseable {
  private static final long TERMINAL_MILLIS = 500;
  private static final long PLAIN_MILLIS = 10_000;

  private final ChaosRun run;
  private final Duration time;
  private final PrintWriter to;
  private final boolean terminal;
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread thread = new Thread(this::tellUntilOver, "chaos-progress");
  private int width;

  @SuppressWarnings("SystemConsoleNull") // with a newer Java a pipe may get the terminal's line
  ProgressLine(ChaosRun run, Duration time, PrintWriter to) {
    this.run = run;
    this.time = time;
    this.to = to;
    this.terminal = System.console() != null;
    thread.setDaemon(true);
    thread.start();
  }

  private void tellUntilOver() {
    try {
      while (!over.await(terminal ? TERMINAL_MILLIS : PLAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        tell();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell() {
    Recorder recorder = run.recorder();
    String phase = run.phase();
    String left = "";
    if (phase.equals("faults")) {
      long seconds = Math.max(0, time.toSeconds() - recorder.nowNanos() / 1_000_000_000);
      left = ", %d s left".formatted(seconds);
    }
    String line =
        String.format(
            Locale.ROOT,
            "  %s%s; %,d ops, %,d ok; %d faults",
            phase,
            left,
            recorder.invoked(),
            recorder.ok(),
            recorder.faults());
    if (terminal) {
      to.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = line.length();
    } else {
      to.println(line);
    }
    to.flush();
  }

  @Override
  public void close() {
    over.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (terminal && width > 0) {
      to.print("\r" + " ".repeat(width) + "\r");
      to.flush();
    }
  }
}
