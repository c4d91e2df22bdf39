package io.cairn.micro;

import io.cairn.protocol.placement.HashRing;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Which worker a task goes to: the hash of its name, and its place on the ring. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RingLookup {
  private static final int VIRTUAL_NODES = 64;
  private static final int KEYS = 1_024;

  /** Workers on the ring. */
  @Param({"10", "1000"})
  public int workers;

  private final String[] keys = new String[KEYS];
  private HashRing ring = HashRing.of(VIRTUAL_NODES);
  private int next;

  /** Fills the ring. */
  @Setup
  public void fill() {
    ring = HashRing.of(VIRTUAL_NODES);
    for (int i = 0; i < workers; i++) {
      ring.add("worker-" + i);
    }
    for (int i = 0; i < KEYS; i++) {
      keys[i] = "job/stage/" + i;
    }
  }

  /** One lookup. */
  @Benchmark
  public Optional<String> owner() {
    return ring.owner(keys[next++ % KEYS]);
  }
}
