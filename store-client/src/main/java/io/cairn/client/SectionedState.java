package io.cairn.client;

import io.cairn.client.codec.Codec;
import io.cairn.client.codec.CorruptStateException;
import io.cairn.client.codec.StoredState;
import io.cairn.protocol.ErrorCode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A state made of parts, each a section of its own: a save sends the parts that were set since the
 * last one, a recovery reads the parts that are asked for. For one thread.
 *
 * <pre>{@code
 * SectionedState<Region> regions = SectionedState.of(run, Codecs.hessian(Region.class));
 * Region north = regions.part("north").orElseGet(Region::new);
 * north.add(row);
 * regions.set("north", north);
 * regions.save(); // the other regions are neither sent nor read
 * }</pre>
 *
 * @param <P> the type of the parts
 */
public final class SectionedState<P> {
  private final TaskRun<?> run;
  private final Codec<P> codec;
  private final Map<String, P> known = new HashMap<>();
  private final Set<String> changed = new LinkedHashSet<>();

  private SectionedState(TaskRun<?> run, Codec<P> codec) {
    this.run = run;
    this.codec = codec;
  }

  /** The state that a run goes on from. Reads nothing yet. */
  public static <P> SectionedState<P> of(TaskRun<?> run, Codec<P> codec) {
    return new SectionedState<>(run, codec);
  }

  /** Names of all parts, in no order. */
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>(run.recoveredSectionNames());
    names.addAll(known.keySet());
    return Set.copyOf(names);
  }

  /** A part as it was set last, or as it was recovered; empty if there is none. */
  public Optional<P> part(String name) {
    P there = known.get(name);
    if (there != null) {
      return Optional.of(there);
    }
    Optional<P> recovered = run.recoveredSection(name).map(stored -> decoded(name, stored));
    recovered.ifPresent(part -> known.put(name, part));
    return recovered;
  }

  /** Says that a part is new or has changed. It is encoded when it is saved. */
  public void set(String name, P part) {
    known.put(name, part);
    changed.add(name);
  }

  /** Saves all parts, of which those that were set are sent. Returns the checkpoint's seq. */
  public long save() {
    Map<String, byte[]> sections = new LinkedHashMap<>();
    known.forEach(
        (name, part) -> {
          if (changed.contains(name)) {
            sections.put(name, StoredState.deflated(StoredState.encode(codec, part)));
          }
        });
    long seq = run.checkpointChanged(sections);
    changed.clear();
    return seq;
  }

  private P decoded(String name, Bytes stored) {
    try {
      return StoredState.decode(codec, stored.toArray());
    } catch (CorruptStateException e) {
      throw new CairnException(
          ErrorCode.CORRUPT,
          "section '%s' of checkpoint %d of task %s cannot be read: %s"
              .formatted(name, run.recoveredSeq(), run.name(), e.getMessage()),
          e);
    }
  }
}
