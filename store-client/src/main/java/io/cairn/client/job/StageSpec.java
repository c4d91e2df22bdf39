package io.cairn.client.job;

import io.cairn.client.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * Partitions 0 to n - 1 of work for one handler.
 *
 * @param handler the name under which workers have it
 * @param payloads none, or one for each partition: what the handler gets
 * @param after names of stages that must have succeeded before this one begins
 */
public record StageSpec(
    String name, String handler, int partitions, List<Bytes> payloads, List<String> after) {
  /** Keeps its own copies. */
  public StageSpec {
    payloads = List.copyOf(payloads);
    after = List.copyOf(after);
  }

  /** Partitions without payload: they are told apart by their number. */
  public static StageSpec of(String name, String handler, int partitions) {
    return new StageSpec(name, handler, partitions, List.of(), List.of());
  }

  /** One partition for each payload. */
  public static StageSpec of(String name, String handler, List<Bytes> payloads) {
    return new StageSpec(name, handler, payloads.size(), payloads, List.of());
  }

  /** One partition for each range; read back with {@link RangePartition#of}. */
  public static StageSpec ofRanges(String name, String handler, List<RangePartition> ranges) {
    return of(name, handler, ranges.stream().map(RangePartition::payload).toList());
  }

  /** The same, behind further stages. */
  public StageSpec after(String... stages) {
    List<String> all = new ArrayList<>(after);
    all.addAll(List.of(stages));
    return new StageSpec(name, handler, partitions, payloads, all);
  }
}
