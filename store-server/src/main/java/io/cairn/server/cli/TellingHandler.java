package io.cairn.server.cli;

import io.cairn.client.CairnException;
import io.cairn.client.job.JobContext;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.StoppedException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A handler that tells when each of its attempts begins and ends, and how. */
final class TellingHandler implements JobHandler {
  private final JobHandler handler;
  private final ClassLoader loader;
  private final Listener listener;
  private final LongSupplier nanos;

  /** Where it is told. Any thread. */
  @FunctionalInterface
  interface Listener {
    /** An attempt has begun or ended. */
    void told(Told told);
  }

  /**
   * What is told of an attempt.
   *
   * @param event {@code begin}, {@code returned}, {@code stopped}, {@code lost} or {@code failed}
   * @param took since it began
   * @param why it has failed, else empty
   */
  record Told(String event, String task, long attempt, long epoch, Duration took, String why) {
    /** For people. */
    String line() {
      String line = "%s %s attempt %d epoch %d".formatted(event, task, attempt, epoch);
      if (!event.equals("begin")) {
        line += " in " + Shown.duration(took);
      }
      return why.isEmpty() ? line : line + ": " + why;
    }

    /** As JSON. */
    Fields fields() {
      return Fields.of()
          .put("event", event)
          .put("task", task)
          .put("attempt", attempt)
          .put("epoch", epoch)
          .put("tookMillis", took.toMillis())
          .put("why", why);
    }
  }

  /**
   * Tells of {@code handler}, whose classes {@code loader} has.
   *
   * @param nanos a clock
   */
  TellingHandler(JobHandler handler, ClassLoader loader, Listener listener, LongSupplier nanos) {
    this.handler = handler;
    this.loader = loader;
    this.listener = listener;
    this.nanos = nanos;
  }

  @Override
  public @Nullable Object run(JobContext context) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    long begin = nanos.getAsLong();
    tell(context, "begin", begin, "");
    thread.setContextClassLoader(loader);
    try {
      @Nullable Object result = handler.run(context);
      tell(context, context.isStopping() ? "stopped" : "returned", begin, "");
      return result;
    } catch (StoppedException e) {
      tell(context, "stopped", begin, "");
      throw e;
    } catch (Throwable e) {
      tell(context, context.isOwned() ? "failed" : "lost", begin, why(e));
      throw e;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static String why(Throwable thrown) {
    return thrown instanceof CairnException
        ? Failures.tell(thrown).line()
        : String.valueOf(thrown).lines().findFirst().orElse("");
  }

  private void tell(JobContext context, String event, long begin, String why) {
    listener.told(
        new Told(
            event,
            context.taskName().name(),
            context.attempt(),
            context.epoch(),
            Duration.ofNanos(Math.max(0, nanos.getAsLong() - begin)),
            why));
  }
}
