package io.cairn.chaos.run;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Gives each line its place and time. For the runner's thread; the counts may be read by any. */
public final class Recorder {
  private static final int OPS_MAX = 20_000_000;

  private final LongSupplier clock;
  private volatile long beganNanos;
  private final List<Op> ops = new ArrayList<>();
  private final AtomicLong invoked = new AtomicLong();
  private final AtomicLong ok = new AtomicLong();
  private final AtomicLong faults = new AtomicLong();
  private final AtomicLong lastNanos = new AtomicLong();

  /** A history that begins now, by {@code clock} in nanoseconds. */
  public Recorder(LongSupplier clock) {
    this.clock = clock;
    this.beganNanos = clock.getAsLong();
  }

  /** The history begins now, not when this was made; before its first line. */
  public void begin() {
    if (!ops.isEmpty()) {
      throw new IllegalStateException("a history with lines has begun");
    }
    beganNanos = clock.getAsLong();
    lastNanos.set(0);
  }

  /** Nanoseconds since the beginning; never less than before. */
  public long nowNanos() {
    return lastNanos.accumulateAndGet(clock.getAsLong() - beganNanos, Math::max);
  }

  /** Writes a line. */
  public Op record(
      OpType type, long process, String f, @Nullable Object value, Map<String, Object> extras) {
    if (ops.size() >= OPS_MAX) {
      throw new IllegalStateException("a history holds at most " + OPS_MAX + " lines");
    }
    Op op = new Op(ops.size(), nowNanos(), type, process, f, value, extras);
    ops.add(op);
    if (op.isClient() && type == OpType.INVOKE) {
      invoked.incrementAndGet();
    } else if (op.isClient() && type == OpType.OK) {
      ok.incrementAndGet();
    } else if (!op.isClient() && f.startsWith("start-") && extras.containsKey("done")) {
      faults.incrementAndGet();
    }
    return op;
  }

  /** Operations of clients that have begun. Any thread. */
  public long invoked() {
    return invoked.get();
  }

  /** Operations of clients that were ok. Any thread. */
  public long ok() {
    return ok.get();
  }

  /** Faults that have begun. Any thread. */
  public long faults() {
    return faults.get();
  }

  /** The history so far. */
  public History history() {
    return new History(ops);
  }
}
