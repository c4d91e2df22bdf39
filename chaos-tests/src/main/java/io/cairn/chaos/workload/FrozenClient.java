package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.Leftovers;
import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.history.Op;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A worker in a process of its own that is frozen by SIGSTOP now and then for longer than its
 * lease, with an order in its hands: when it goes on, it does what it was told, as an owner that
 * has not noticed anything. The process is started when it is first needed, and killed at the end.
 */
final class FrozenClient implements Client {
  private static final long FROZEN_MILLIS = 3_000;
  private static final int FREEZE_ONE_IN = 8;

  private final TestNode node;
  private final long process;
  private final SplittableRandom random;
  private @Nullable Child child;

  /** The process, and what goes to it and comes from it. */
  private record Child(Process process, ObjectOutputStream orders, ObjectInputStream reports) {}

  FrozenClient(TestNode node, long process) {
    this.node = node;
    this.process = process;
    this.random = new SplittableRandom(process);
  }

  @Override
  public Completion invoke(Op invocation) {
    Child worker = child;
    if (worker == null) {
      try {
        worker = start();
        child = worker;
      } catch (IOException e) {
        return Completion.fail(invocation.value(), "no process of its own: " + e);
      }
    }
    boolean freezes =
        !invocation.extras().containsKey(Workload.FINAL) && random.nextInt(FREEZE_ONE_IN) == 0;
    try {
      if (freezes) {
        orderFrozen(worker, invocation);
      } else {
        order(worker, invocation);
      }
      ChildWorker.Report report = (ChildWorker.Report) worker.reports().readObject();
      Map<String, Object> extras = new LinkedHashMap<>();
      Values.map(ChildWorker.thawed(report.extras()))
          .forEach((name, value) -> extras.put(String.valueOf(name), String.valueOf(value)));
      if (freezes) {
        extras.put("frozen-ms", FROZEN_MILLIS);
      }
      return new Completion(report.type(), ChildWorker.thawed(report.value()), extras);
    } catch (IOException | ClassNotFoundException e) {
      close();
      return Completion.unknown(invocation.value(), "its process is gone: " + e);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      return Completion.unknown(invocation.value(), "interrupted");
    }
  }

  private static void order(Child worker, Op invocation) throws IOException {
    worker
        .orders()
        .writeObject(new ChildWorker.Order(invocation.f(), ChildWorker.packed(invocation.value())));
    worker.orders().reset();
    worker.orders().flush();
  }

  /** Whatever fails meanwhile, nobody stays frozen. */
  private static void orderFrozen(Child worker, Op invocation)
      throws IOException, InterruptedException {
    signal(worker.process(), "STOP");
    try {
      order(worker, invocation);
      TimeUnit.MILLISECONDS.sleep(FROZEN_MILLIS);
    } finally {
      signal(worker.process(), "CONT");
    }
  }

  private Child start() throws IOException {
    Process started =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                Leftovers.ownerMark(),
                "-cp",
                System.getProperty("java.class.path"),
                ChildWorker.class.getName(),
                node.endpoint(),
                Long.toString(process))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      ObjectOutputStream orders = new ObjectOutputStream(started.getOutputStream());
      orders.flush();
      return new Child(started, orders, new ObjectInputStream(started.getInputStream()));
    } catch (IOException | RuntimeException e) {
      started.destroyForcibly();
      throw e;
    }
  }

  /**
   * Signals a process that lives. One that has ended gets none: its id may be another's by now.
   *
   * @throws IOException if it has ended
   */
  static void signal(Process process, String name) throws IOException, InterruptedException {
    if (!process.isAlive()) {
      throw new IOException("process " + process.pid() + " has ended");
    }
    int code =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
            .redirectErrorStream(true)
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException("kill -" + name + " ended with " + code);
    }
  }

  @Override
  public void close() {
    Child worker = child;
    child = null;
    if (worker != null) {
      worker.process().destroyForcibly();
    }
  }
}
