package io.cairn.server.cli;

import io.cairn.client.Cairn;
import io.cairn.client.HeldLock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Holds a lock while a command runs, or until the process is asked to end. */
@Command(
    name = "lock",
    description = {
      "Takes a lock, runs COMMAND while it is held, and ends with its exit code. Without a command"
          + " it holds the lock until Ctrl-C.",
      "The command finds the lock's key in CAIRN_LOCK_KEY and its fencing token, which grows with"
          + " every holder, in CAIRN_LOCK_TOKEN. If the lock is lost, the command is asked to end"
          + " (SIGTERM), and the exit code is 1.",
      "Exit code 4 if the lock was not free within --wait."
    },
    footer = {
      "  cairn lock nightly -- ./report.sh --full",
      "  cairn lock nightly --wait 0 --ttl 30s -- ./report.sh",
      "  cairn lock nightly"
    })
final class LockCommand extends CommandContext implements Callable<Integer> {
  private static final long POLL_MILLIS = 200;
  private static final long RELEASE_MILLIS_MAX = 10_000;

  @Parameters(index = "0", paramLabel = "NAME", description = "The lock.")
  private String name = "";

  @Parameters(index = "1..*", paramLabel = "COMMAND", description = "What to run, behind --.")
  private List<String> command = List.of();

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      description = "How long the lock outlives a crash of this process. Default: 10s.")
  private Duration ttl = Duration.ofSeconds(10);

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      description = "How long to wait for the lock, 0 not at all. Default: until it is free.")
  private Duration wait = Duration.ofDays(20);

  private final CountDownLatch released = new CountDownLatch(1);
  private volatile boolean isEnding;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Thread onSignal = new Thread(this::awaitRelease, "cairn-release");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try (Cairn cairn = cli().connect(builder -> builder.leaseTtl(ttl))) {
      Optional<HeldLock> taken =
          wait.isZero() ? cairn.locks().tryLock(name) : cairn.locks().lock(name, wait);
      try (HeldLock lock = taken.orElseThrow(this::notFree)) {
        say(lock);
        return command.isEmpty() ? hold(lock) : runUnder(lock);
      }
    } finally {
      released.countDown();
    }
  }

  /** Gives the main thread time to give the lock up when the process is asked to end. */
  private void awaitRelease() {
    isEnding = true;
    try {
      if (!released.await(RELEASE_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
        output().remark("cairn: the lock was not given up in time; it ends after " + ttl);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CommandFailure notFree() {
    return new CommandFailure(
        Exit.CONDITION, "lock '%s' is held by another; nothing was run".formatted(name));
  }

  private void say(HeldLock lock) {
    if (output().isJson()) {
      output()
          .object(
              Fields.of()
                  .put("lock", name)
                  .put("key", lock.key())
                  .put("token", lock.token())
                  .put("lease", lock.lease()));
    } else if (command.isEmpty()) {
      output()
          .line(
              "holding %s, key %s, token %d; Ctrl-C gives it up"
                  .formatted(name, Shown.line(lock.key()), lock.token()));
    }
    output().flush();
  }

  private Integer hold(HeldLock lock) throws InterruptedException {
    while (!isEnding) {
      if (!lock.isHeld()) {
        throw lost();
      }
      Thread.sleep(POLL_MILLIS);
    }
    return Exit.DONE.code();
  }

  private Integer runUnder(HeldLock lock) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put(CairnCli.LOCK_KEY_VARIABLE, lock.key().toUtf8());
    builder.environment().put(CairnCli.LOCK_TOKEN_VARIABLE, Long.toString(lock.token()));
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new CommandFailure(
          Exit.FAILED, "cannot run '%s': %s".formatted(command.get(0), reason(e)), e);
    }
    while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      if (isEnding) {
        process.destroy();
      } else if (!lock.isHeld()) {
        process.destroy();
        process.waitFor();
        throw lost();
      }
    }
    return process.exitValue();
  }

  private static String reason(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    int at = message.lastIndexOf("error=");
    int comma = message.indexOf(", ", Math.max(at, 0));
    return comma < 0 ? message : message.substring(comma + 2);
  }

  private CommandFailure lost() {
    return new CommandFailure(
        Exit.FAILED,
        "lock '%s' was lost: its lease ended; what the command did since is not protected"
            .formatted(name));
  }
}
