package io.cairn.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cairn.client.Cairn;
import io.cairn.client.job.JobState;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what goes on, again and again. */
@Command(
    name = "top",
    description = {
      "Shows running jobs, workers and rates, every second until Ctrl-C. RATE counts partitions that"
          + " were finished since the frame before; in the first frame since the job's begin, as LEFT"
          + " does always.",
      "In a terminal each frame takes the place of the one before; elsewhere it stands below it."
    },
    footer = {"  cairn top", "  cairn top --once", "  cairn top -n 10 --interval 5s -o json"})
final class TopCommand extends Call {
  private static final Screen.Size SIZE_DEFAULT = new Screen.Size(24, 80);
  private static final int ROWS_MAX = 1_000;
  private static final long SIZE_MILLIS_MAX = 500;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5}) (\\d{1,5})\\s*");

  @Option(names = "--once", description = "Show one frame.")
  private boolean once;

  @Option(names = "-n", paramLabel = "K", description = "Show K frames.")
  private Optional<Long> frames = Optional.empty();

  @Option(names = "--interval", paramLabel = "TIME", description = "Between frames. Default: 1s.")
  private Duration interval = Duration.ofSeconds(1);

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "At most N jobs and N workers. Default: 20.")
  private int rows = 20;

  @Option(names = "--all", description = "Show jobs that have ended, too.")
  private boolean all;

  private final CountDownLatch asked = new CountDownLatch(1);

  @Override
  Exit run() throws InterruptedException {
    if (once && frames.isPresent()) {
      throw usage("--once and -n exclude each other");
    }
    requirePositive("-n", frames.orElse(1L));
    if (rows < 1 || rows > ROWS_MAX) {
      throw usage("--rows must be within 1 and %d, not %d".formatted(ROWS_MAX, rows));
    }
    boolean isTerminal = !output().isJson() && !once && isTerminal();
    try (Screen screen = new Screen(output(), isTerminal);
        Cairn cairn = connect()) {
      Thread onSignal =
          new Thread(
              () -> {
                screen.giveBack();
                asked.countDown();
              },
              "restore-screen");
      Runtime.getRuntime().addShutdownHook(onSignal);
      show(cairn, screen, isTerminal);
    }
    return Exit.DONE;
  }

  private void show(Cairn cairn, Screen screen, boolean isTerminal) throws InterruptedException {
    long most = once ? 1 : frames.orElse(Long.MAX_VALUE);
    Set<JobState> states = all ? Set.of() : Set.of(JobState.RUNNING);
    Optional<TopFrame> before = Optional.empty();
    for (long shown = 0; shown < most; shown++) {
      if (shown > 0 && asked.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      TopFrame frame = TopFrame.of(cairn, cli().namespace(), states, rows, before);
      if (!isSeen(frame, screen, isTerminal)) {
        return;
      }
      before = Optional.of(frame);
    }
  }

  private boolean isSeen(TopFrame frame, Screen screen, boolean isTerminal) {
    if (output().isJson()) {
      output().object(frame.fields());
      return output().flush();
    }
    return screen.show(frame.lines(), isTerminal ? size() : SIZE_DEFAULT);
  }

  /** True if standard output is a terminal that knows more than lines. */
  private boolean isTerminal() {
    String kind = cli().world().environment().getOrDefault("TERM", "dumb");
    return !kind.equals("dumb") && said("test", "-t", "1").isPresent();
  }

  /** The size of the terminal that standard input is, as it is now. */
  private static Screen.Size size() {
    Matcher matcher = SIZE.matcher(said("stty", "size").orElse(""));
    if (!matcher.matches()) {
      return SIZE_DEFAULT;
    }
    int rows = Integer.parseInt(matcher.group(1));
    int columns = Integer.parseInt(matcher.group(2));
    return rows > 0 && columns > 0 ? new Screen.Size(rows, columns) : SIZE_DEFAULT;
  }

  /**
   * What a program says about the terminal; empty if it fails, or is not there. Its output is what
   * this process's is, for a program that says nothing but looks at it.
   */
  private static Optional<String> said(String... command) {
    boolean looks = command[0].equals("test");
    try {
      Process program =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectOutput(
                  looks ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.PIPE)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!program.waitFor(SIZE_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
        program.destroy();
        return Optional.empty();
      }
      return program.exitValue() == 0
          ? Optional.of(new String(program.getInputStream().readAllBytes(), UTF_8))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // no such program here
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
