package io.cairn.bench.jobs;

import io.cairn.client.Cairn;
import io.cairn.client.job.Worker;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/**
 * A worker process that is there to be killed: it begins each task it gets, says so, and holds it.
 * It ends by itself when its standard input does, so it does not outlive who started it.
 */
public final class HoldingWorker {
  /** The handler's name. */
  static final String HANDLER = "hold";

  /** Said once it is registered. */
  static final String READY = "ready";

  /** Said for each task that begins. */
  static final String BEGUN = "begun";

  private HoldingWorker() {}

  /** Arguments: endpoints, id, how many tasks at a time. */
  public static void main(String[] arguments) throws IOException {
    System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    java.util.logging.LogManager.getLogManager().reset();
    CountDownLatch never = new CountDownLatch(1);
    try (Cairn cairn = Cairn.connect(arguments[0]);
        Worker worker =
            cairn
                .worker()
                .id(arguments[1])
                .node(arguments[1])
                .handle(
                    HANDLER,
                    context -> {
                      say(BEGUN);
                      never.await();
                      return null;
                    })
                .concurrency(Integer.parseInt(arguments[2]))
                .withoutShutdownHook()
                .start()) {
      say(READY);
      while (worker.isRunning() && System.in.read() >= 0) {
        // until the end of the input
      }
      Runtime.getRuntime().halt(0);
    }
  }

  private static synchronized void say(String word) {
    System.out.println(word);
    System.out.flush();
  }
}
