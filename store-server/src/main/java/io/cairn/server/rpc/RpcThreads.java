package io.cairn.server.rpc;

import io.cairn.server.ops.LogEvent;
import io.cairn.server.ops.Telemetry;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** All threads of the client plane, sized for two cores and upwards. */
final class RpcThreads {
  /** Frames of queries that may wait for a query thread. */
  private static final int QUERIES_QUEUED_MAX = 4_096;

  private static final int NETWORK_THREADS = 2;
  private static final int ANSWER_THREADS = 2;

  private final NioEventLoopGroup acceptor =
      new NioEventLoopGroup(1, new DefaultThreadFactory("cairn-accept", true));
  private final NioEventLoopGroup network =
      new NioEventLoopGroup(NETWORK_THREADS, new DefaultThreadFactory("cairn-net", true));
  // Unbounded queues hold at most one task per stream, or what the hub has counted.
  private final ExecutorService answers =
      pool("cairn-answer", ANSWER_THREADS, new LinkedBlockingQueue<>());
  private final ExecutorService watch = pool("cairn-watch", 1, new LinkedBlockingQueue<>());
  private final ExecutorService watchReader =
      pool("cairn-watch-read", 1, new LinkedBlockingQueue<>());
  private final ExecutorService queries;
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("cairn-timer", true));

  RpcThreads(int queryThreads) {
    queries = pool("cairn-query", queryThreads, new ArrayBlockingQueue<>(QUERIES_QUEUED_MAX));
  }

  NioEventLoopGroup acceptor() {
    return acceptor;
  }

  NioEventLoopGroup network() {
    return network;
  }

  ExecutorService answers() {
    return answers;
  }

  ExecutorService queries() {
    return queries;
  }

  WatchHub.Threads watches() {
    return new WatchHub.Threads(watch, watchReader);
  }

  /** For short tasks. */
  ScheduledExecutorService timer() {
    return timer;
  }

  /** Runs a short task again and again, whatever it throws. */
  void every(long millis, Runnable task, Telemetry telemetry) {
    Future<?> scheduled =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) {
                telemetry.log().failure(LogEvent.REQUEST_FAILED, e, "request", "timer");
              }
            },
            millis,
            millis,
            TimeUnit.MILLISECONDS);
    assert !scheduled.isDone() : "the timer has been closed";
  }

  /** Holds all network threads; on return none of them does anything until the result is closed. */
  RpcServer.Frozen freeze() {
    CountDownLatch thaw = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1 + NETWORK_THREADS);
    for (NioEventLoopGroup group : List.of(acceptor, network)) {
      group.forEach(
          loop ->
              loop.execute(
                  () -> {
                    held.countDown();
                    awaitUninterruptibly(thaw);
                  }));
    }
    awaitUninterruptibly(held);
    return thaw::countDown;
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends them; what they run may still finish, within {@code millis}. */
  void close(long millis) {
    timer.shutdownNow();
    for (ExecutorService pool : List.of(queries, watchReader, watch, answers)) {
      pool.shutdown();
    }
    boolean interrupted = false;
    for (ExecutorService pool : List.of(queries, watchReader, watch, answers)) {
      try {
        if (!pool.awaitTermination(millis, TimeUnit.MILLISECONDS)) {
          pool.shutdownNow();
        }
      } catch (InterruptedException e) {
        interrupted = true;
        pool.shutdownNow();
      }
    }
    network.shutdownGracefully(0, millis, TimeUnit.MILLISECONDS).awaitUninterruptibly(millis);
    acceptor.shutdownGracefully(0, millis, TimeUnit.MILLISECONDS).awaitUninterruptibly(millis);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static ExecutorService pool(String name, int threads, BlockingQueue<Runnable> queue) {
    return new ThreadPoolExecutor(
        threads, threads, 0, TimeUnit.SECONDS, queue, new DefaultThreadFactory(name, true));
  }
}
