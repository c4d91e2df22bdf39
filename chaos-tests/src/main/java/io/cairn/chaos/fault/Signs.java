package io.cairn.chaos.fault;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The signs by which each fault is known: seen, not ordered, and not those that the harness' own
 * means leave, or another fault. What else is counted is told, and proves nothing.
 */
final class Signs {
  private static final Map<String, List<Set<String>>> BY_FAULT = new LinkedHashMap<>();

  private Signs() {}

  /** Each of these faults must have left one sign of each group. */
  private static void add(List<Set<String>> groups, String... faults) {
    for (String fault : faults) {
      BY_FAULT.put(fault, groups);
    }
  }

  private static List<Set<String>> oneOf(String... signs) {
    return List.of(Set.of(signs));
  }

  static {
    add(oneOf("kills"), "kill", "restart-storm");
    add(oneOf("pauses"), "pause");
    // By rules of the kernel, or by a proxy.
    add(oneOf("dropped-packets", "held-reads"), "partition", "asymmetric");
    add(oneOf("rejected-packets", "resets"), "reset");
    add(oneOf("dropped-packets", "resets"), "loss");
    add(oneOf("dropped-packets"), "mtu");
    add(oneOf("half-open-connections"), "half-open");
    add(oneOf("delayed-reads"), "delay");
    add(oneOf("slowed-packets", "slowed-bytes"), "bandwidth");
    add(oneOf("shifted-clock-reads"), "clock-jump");
    add(oneOf("scaled-clock-reads"), "clock-drift");
    // The file is the harness' own, so an idle node loses it too.
    add(List.of(Set.of("power-cuts"), Set.of("unsynced-files-lost")), "power-cut");
    add(List.of(Set.of("fsyncs-dropped"), Set.of("power-cuts")), "lying-fsync");
    add(oneOf("devices-failed"), "device-failure");
    add(oneOf("frozen-ms"), "hung-disk");
    add(oneOf("snapshots-failed", "complaints-logged"), "disk-full", "inodes", "descriptors");
    add(oneOf("writes-hit", "fsyncs-hit"), "slow-disk");
    add(oneOf("writes-hit", "fsyncs-hit", "reads-hit"), "io-error");
    add(oneOf("writes-hit"), "short-write");
    add(oneOf("reads-hit"), "flipped-read");
    add(oneOf("files-damaged"), "bit-flip", "truncation", "zero-page", "deleted-file");
    // That it waits is what a node says of itself; that its disk was wiped is what was ordered.
    add(oneOf("waiting-seen"), "wiped-disk", "amnesia");
    // That they end is all that is seen of it.
    add(oneOf(NodeFault.OWN_EXITS), "heap");
    add(oneOf("memory-limit-hits", "oom-kills"), "memory");
    add(oneOf("threads-refused"), "threads");
    add(oneOf("times-throttled"), "cpu");
    add(oneOf("members-added"), "membership");
    add(oneOf("transfers"), "leader-transfer");
    add(oneOf("snapshots-installed"), "snapshot-install");
    add(oneOf("graceful-stops"), "rolling-restart");
  }

  /** What was done, and what must have been seen as often. */
  static Map<String, String> paired(String fault) {
    return switch (fault) {
      case "wiped-disk", "amnesia" -> Map.of("disks-wiped", "waiting-seen");
      case "power-cut" -> Map.of("power-cuts", "unsynced-files-lost");
      default -> Map.of();
    };
  }

  /** Groups of which one sign each must have been seen. */
  static List<Set<String>> of(String fault) {
    List<Set<String>> groups = BY_FAULT.get(fault);
    if (groups == null) {
      throw new IllegalStateException("no sign is known of the fault " + fault);
    }
    return groups;
  }
}
