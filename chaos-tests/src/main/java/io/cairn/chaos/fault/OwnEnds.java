package io.cairn.chaos.fault;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Exit codes with which a server may end by itself under each fault, by the page on operations.
 * Under all others it has no reason to: what it was spared by SIGKILL, it may not do to itself.
 */
final class OwnEnds {
  private static final int REFUSED_START = 1;
  private static final int OUT_OF_MEMORY = 3;
  private static final int LOG_DAMAGED = 65;
  private static final int HALTED = 70;
  private static final int ABORTED = 134;
  private static final int KILLED = 137;
  private static final Map<String, Set<Integer>> BY_FAULT = new LinkedHashMap<>();

  private OwnEnds() {}

  private static void add(Set<Integer> codes, String... faults) {
    for (String fault : faults) {
      BY_FAULT.put(fault, codes);
    }
  }

  static {
    // A JVM that lacks what it needs may end at any place, by its own means or the kernel's.
    add(Set.of(REFUSED_START, OUT_OF_MEMORY, HALTED, ABORTED, KILLED), "heap", "memory", "threads");
    // A write fails, or one of a start does; what is stored stays whole.
    add(Set.of(REFUSED_START, HALTED), "disk-full", "inodes", "descriptors", "short-write");
    // Stored bytes cannot be read, or are not what was written, while it lasts or for good.
    add(
        Set.of(REFUSED_START, LOG_DAMAGED, HALTED),
        "device-failure",
        "io-error",
        "flipped-read",
        "lying-fsync",
        "bit-flip",
        "truncation",
        "zero-page",
        "deleted-file");
  }

  /** True if a server may end so by itself under this fault. */
  static boolean allow(String fault, int code) {
    return BY_FAULT.getOrDefault(fault, Set.of()).contains(code);
  }

  /** True if a node may not start under this fault or after it, or waits with an empty disk. */
  static boolean keepAway(String fault) {
    return BY_FAULT.containsKey(fault) || fault.equals("wiped-disk") || fault.equals("amnesia");
  }
}
