package io.cairn.bench.compare;

import io.cairn.bench.peers.StoreKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that a run has found. For one thread. */
public final class Comparison {
  /** A store that ran. */
  public record Store(StoreKind kind, String version, String setup) {}

  private final Plan plan;
  private final Map<StoreKind, Store> stores = new EnumMap<>(StoreKind.class);
  private final Map<StoreKind, String> missing = new EnumMap<>(StoreKind.class);
  private final Map<Cell, Map<StoreKind, Samples>> samples = new LinkedHashMap<>();
  private final Map<Cell, Map<StoreKind, String>> leftOut = new LinkedHashMap<>();

  /** Nothing found yet. */
  public Comparison(Plan plan) {
    this.plan = plan;
    for (Cell cell : plan.cells()) {
      samples.put(cell, new EnumMap<>(StoreKind.class));
      leftOut.put(cell, new EnumMap<>(StoreKind.class));
    }
  }

  /** The plan. */
  public Plan plan() {
    return plan;
  }

  /** The stores that ran. */
  public List<Store> stores() {
    return new ArrayList<>(stores.values());
  }

  /** Why stores that were asked for did not run. */
  public Map<StoreKind, String> missing() {
    return Collections.unmodifiableMap(missing);
  }

  /** What a store has shown of a load; empty if it was not put under it. */
  public Optional<Samples> samples(Cell cell, StoreKind kind) {
    return Optional.ofNullable(samples.getOrDefault(cell, Map.of()).get(kind));
  }

  /** Why a store was not put under a load; empty if it was. */
  public Optional<String> leftOut(Cell cell, StoreKind kind) {
    return Optional.ofNullable(leftOut.getOrDefault(cell, Map.of()).get(kind));
  }

  /** The stores that were put under a load, Cairn first. */
  public List<StoreKind> measured(Cell cell) {
    return List.copyOf(samples.getOrDefault(cell, Map.of()).keySet());
  }

  /** A store runs. */
  public void started(Store store) {
    stores.put(store.kind(), store);
  }

  /** A store that was asked for cannot run. */
  public void isMissing(StoreKind kind, String why) {
    missing.put(kind, why);
  }

  void isLeftOut(Cell cell, StoreKind kind, String why) {
    leftOut.computeIfAbsent(cell, any -> new EnumMap<>(StoreKind.class)).put(kind, why);
  }

  /** One turn's sample. */
  public void add(Cell cell, StoreKind kind, Sample sample) {
    samples
        .computeIfAbsent(cell, any -> new EnumMap<>(StoreKind.class))
        .computeIfAbsent(kind, any -> new Samples())
        .add(sample);
  }
}
