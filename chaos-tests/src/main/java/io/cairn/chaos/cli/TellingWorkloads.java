package io.cairn.chaos.cli;

import io.cairn.chaos.fault.Faults;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** For each fault the two workloads that have the most to lose under it. */
final class TellingWorkloads {
  private static final Map<String, List<String>> BY_FAULT = new LinkedHashMap<>();

  private static void add(String first, String second, String... faults) {
    for (String fault : faults) {
      BY_FAULT.put(fault, List.of(first, second));
    }
  }

  static {
    // Requests that are sent again, by clients that do not know.
    add("counter", "append", "kill", "half-open", "rolling-restart");
    // Owners that wake up late.
    add("task", "lock", "pause", "hung-disk", "cpu");
    // Two that believe they lead.
    add("register", "append", "partition", "asymmetric", "leader-transfer");
    add("register", "watch", "reset", "loss", "delay");
    add("watch", "recovery", "bandwidth", "mtu"); // much in one message
    add("lease", "lock", "clock-jump", "clock-drift");
    // What was acknowledged and is not on the disk.
    add("set", "recovery", "power-cut", "lying-fsync", "device-failure", "io-error", "short-write");
    add("set", "counter", "restart-storm", "slow-disk", "flipped-read");
    add("recovery", "counter", "bit-flip", "truncation", "zero-page", "deleted-file");
    add("set", "register", "wiped-disk", "amnesia");
    // Snapshots that cannot be written, and those that must be read.
    add("counter", "task", "disk-full", "inodes", "descriptors", "snapshot-install");
    add("bank", "task", "heap", "memory", "threads");
    add("register", "bank", "membership");
  }

  private TellingWorkloads() {}

  /** The two; of {@link Faults#names} all have them. */
  static List<String> of(String fault) {
    List<String> workloads = BY_FAULT.get(fault);
    if (workloads == null) {
      throw new IllegalStateException("no workloads for the fault " + fault);
    }
    return workloads;
  }
}
