package io.cairn.client.internal;

import io.cairn.protocol.v1.LeaderHint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where to connect: the addresses of the members, which of them leads as far as anybody said, and
 * which did not answer lately. Belongs to the loop.
 */
final class LeaderRouter {
  private static final int ADDRESSES_MAX = 64;
  private static final long FAILED_NANOS = 1_000_000_000L;
  // Trying such an address again costs seconds; by then another leads, or it was only slow.
  private static final long SILENT_NANOS = 3_000_000_000L;

  private final NanoClock clock;
  private final List<String> addresses;
  private final Map<String, Long> avoidedUntilNanos = new HashMap<>();
  private LeaderHint leader = LeaderHint.getDefaultInstance();
  private int next;

  LeaderRouter(List<String> seeds, int first, NanoClock clock) {
    this.addresses = new ArrayList<>(seeds);
    this.next = Math.floorMod(first, addresses.size());
    this.clock = clock;
  }

  /** Remembers members that a server told of. */
  void learn(List<String> told) {
    for (String address : told) {
      if (address.indexOf(':') > 0
          && !addresses.contains(address)
          && addresses.size() < ADDRESSES_MAX) {
        addresses.add(address);
      }
    }
  }

  /** Remembers who leads, unless something newer is known; true if that is news. */
  boolean hint(LeaderHint hint) {
    if (hint.getNode().isEmpty() || hint.getTerm() < leader.getTerm() || hint.equals(leader)) {
      return false;
    }
    leader = hint;
    learn(List.of(hint.getClientAddress()));
    avoidedUntilNanos.remove(hint.getClientAddress());
    return true;
  }

  LeaderHint leader() {
    return leader;
  }

  /** The leader's address, if it is known and did not fail lately. */
  Optional<String> leaderAddress() {
    String address = leader.getClientAddress();
    return address.isEmpty() || failedLately(address) ? Optional.empty() : Optional.of(address);
  }

  /** The address to try next: round the members, those that failed lately last. */
  String next() {
    for (int i = 0; i < addresses.size(); i++) {
      String address = addresses.get(next);
      next = (next + 1) % addresses.size();
      if (!failedLately(address)) {
        return address;
      }
    }
    String address = addresses.get(next);
    next = (next + 1) % addresses.size();
    return address;
  }

  /** The address refused, or broke the connection. */
  void failed(String address) {
    avoidedUntilNanos.put(address, clock.nanos() + FAILED_NANOS);
  }

  /** The address took the connection and said nothing. */
  void silent(String address) {
    avoidedUntilNanos.put(address, clock.nanos() + SILENT_NANOS);
  }

  /** The address answered. */
  void answered(String address) {
    avoidedUntilNanos.remove(address);
  }

  /** All addresses that are known, the leader's first. */
  List<String> byLikelihood() {
    List<String> all = new ArrayList<>();
    leaderAddress().ifPresent(all::add);
    all.addAll(addresses);
    return all;
  }

  private boolean failedLately(String address) {
    Long until = avoidedUntilNanos.get(address);
    return until != null && clock.nanos() - until < 0;
  }
}
