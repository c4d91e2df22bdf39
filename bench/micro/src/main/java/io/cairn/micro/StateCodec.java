package io.cairn.micro;

import io.cairn.client.codec.Codec;
import io.cairn.client.codec.Codecs;
import java.util.HashMap;
import java.util.Map;
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

/** A task's state to bytes and back, by the default codec. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StateCodec {
  /** A position and counts by name. */
  public record Counts(long position, Map<String, Long> byName) {}

  /** Names in the state. */
  @Param({"10", "1000"})
  public int names;

  private final Codec<Counts> codec = Codecs.hessian(Counts.class);
  private Counts counts = new Counts(0, Map.of());
  private byte[] encoded = new byte[0];

  /** Makes a state. */
  @Setup
  public void make() {
    Map<String, Long> byName = new HashMap<>();
    for (long i = 0; i < names; i++) {
      byName.put("airport-" + i, i * 1_000);
    }
    counts = new Counts(200_000, byName);
    encoded = codec.encode(counts);
  }

  /** To bytes. */
  @Benchmark
  public byte[] encode() {
    return codec.encode(counts);
  }

  /** From bytes. */
  @Benchmark
  public Counts decode() {
    return codec.decode(encoded, codec.schemaVersion());
  }
}
