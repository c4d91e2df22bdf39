package io.cairn.chaos.workload;

import java.util.List;
import java.util.stream.Collectors;

/** All workloads. */
public final class Workloads {
  private Workloads() {}

  /** All there are, each fresh, in the order in which they are listed. */
  public static List<Workload> all() {
    return List.of(
        new RegisterWorkload(),
        new AppendWorkload(),
        new SetWorkload(),
        new BankWorkload(),
        new CounterWorkload(),
        new LockWorkload(),
        TaskWorkload.task(),
        TaskWorkload.recovery(),
        new WatchWorkload(),
        new LeaseWorkload());
  }

  /** The names of all. */
  public static List<String> names() {
    return all().stream().map(Workload::name).toList();
  }

  /** The workload of this name; an IllegalArgumentException names all there are. */
  public static Workload of(String name) {
    return all().stream()
        .filter(workload -> workload.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no workload '%s': %s"
                        .formatted(name, names().stream().collect(Collectors.joining(", ")))));
  }
}
