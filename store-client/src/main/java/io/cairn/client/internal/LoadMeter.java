package io.cairn.client.internal;

import io.cairn.protocol.v1.WorkerLoad;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/** Measures what this process has to do. For one thread. */
final class LoadMeter {
  private final NanoClock clock;
  private long gcMillis = gcMillisTotal();
  private long sinceNanos;

  LoadMeter(NanoClock clock) {
    this.clock = clock;
    this.sinceNanos = clock.nanos();
  }

  /** The load now; collections since the measurement before. */
  WorkerLoad measure() {
    long now = clock.nanos();
    long collected = gcMillisTotal();
    long spentMillis = Math.max(1, (now - sinceNanos) / 1_000_000);
    int gc = percent(collected - gcMillis, spentMillis);
    gcMillis = collected;
    sinceNanos = now;
    return WorkerLoad.newBuilder()
        .setCpuPercent(cpuPercent())
        .setHeapPercent(heapPercent())
        .setGcPercent(gc)
        .build();
  }

  private static int cpuPercent() {
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      return percent(Math.round(system.getProcessCpuLoad() * 1_000), 1_000);
    }
    return 0;
  }

  /** What was left after the last collection, of the most that the heap may have. */
  private static int heapPercent() {
    long used = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage usage = pool.getCollectionUsage();
      if (pool.getType() == MemoryType.HEAP && usage != null) {
        used += usage.getUsed();
      }
    }
    return percent(used, Runtime.getRuntime().maxMemory());
  }

  private static long gcMillisTotal() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .map(millis -> Math.max(0, millis))
        .sum();
  }

  private static int percent(long part, long whole) {
    return (int) Math.max(0, Math.min(100, part * 100 / Math.max(1, whole)));
  }
}
