package io.cairn.chaos.check;

import io.cairn.chaos.check.RealTimeOrder.Ranked;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.KeyedOperations;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A lease never ends early, and its epochs only grow. {@code :claim {:ttl ms} -> {:epoch e}} takes
 * it when nobody has it, {@code :renew {:epoch e :ttl ms}} makes it last for another time to live,
 * {@code :release {:epoch e}} ends it, {@code :read nil -> {:epoch e}} or {@code :absent} says who
 * has it. The time to live is in milliseconds, and may stand in either value.
 *
 * <p>A claim or renewal that was acknowledged has the lease last until at least its <em>beginning
 * </em> and the time to live; where clocks of the store may run fast, and a lease is counted by one
 * of them, as much of it as the fastest leaves. Until then no other claim can have been granted, no
 * read can show another epoch or none, and no renewal of it can find that there is no such lease,
 * unless somebody had begun to release it: what had ended by then and began after the claim or
 * renewal had ended is too early. Times are those of the history.
 *
 * <ul>
 *   <li>epoch-twice, epoch-order: as of claims of a task;
 *   <li>ended-early: a claim was granted, a read showed it, or a renewal was refused with
 *       LEASE_NOT_FOUND, while the lease lasted.
 * </ul>
 */
public final class LeaseChecker implements Checker {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Why a renewal fails that finds no lease; other failures say nothing of it. */
  private static final String NO_LEASE = "LEASE_NOT_FOUND";

  private final Premises premises;

  /** For a store whose clocks run as premises say. */
  public LeaseChecker(Premises premises) {
    this.premises = premises;
  }

  @Override
  public Verdict check(History history) {
    Findings findings = new Findings();
    long granted = 0;
    long ended = 0;
    boolean isLookedAt = false;
    boolean isTimed = isTimed(history.ops());
    for (KeyedOperations part : KeyedOperations.split(history.operations())) {
      OneLease lease = new OneLease(findings, premises);
      part.operations().forEach(lease::add);
      lease.check(isTimed);
      granted += lease.grants.size();
      ended += lease.seenEnded.size();
      isLookedAt |= !lease.grants.isEmpty() && lease.looks.size() > 1;
    }
    findings.count("granted", granted);
    findings.count("ended-by-themselves", ended);
    if (granted == 0) {
      findings.unsure("no lease was granted");
    } else if (!isLookedAt) {
      findings.unsure("nobody else claimed or looked at a lease");
    }
    if (!isTimed) {
      findings.unsure("all lines have one time");
    }
    return findings.verdict();
  }

  private static boolean isTimed(List<Op> ops) {
    return ops.isEmpty() || ops.get(0).timeNanos() != ops.get(ops.size() - 1).timeNanos();
  }

  /** A claim or renewal, and until when the lease lasts at least. */
  private record Grant(Operation operation, long epoch, long untilNanos) {}

  private static final class OneLease {
    private final Findings findings;
    private final Premises premises;
    private final List<Ranked> claims = new ArrayList<>();
    private final Map<Long, Operation> byEpoch = new HashMap<>();
    private final List<Grant> grants = new ArrayList<>();
    private final List<Operation> looks = new ArrayList<>();
    private final Map<Long, Long> releasedSince = new HashMap<>();

    /** Epochs that nobody had begun to release when a look found them gone. */
    private final Set<Long> seenEnded = new HashSet<>();

    /** Since somebody released who knows what. */
    private long anyReleasedSince = Long.MAX_VALUE;

    OneLease(Findings findings, Premises premises) {
      this.findings = findings;
      this.premises = premises;
    }

    void add(Operation operation) {
      if (operation.f().equals("release")) {
        release(operation);
        return;
      }
      boolean isClaim = operation.f().equals("claim");
      boolean isGrant = isClaim || operation.f().equals("renew");
      if (isRefusedAsGone(operation)) {
        looks.add(operation);
        return;
      }
      if (!operation.isOk() || !(isGrant || operation.f().equals("read"))) {
        return;
      }
      Long epoch = findings.number(operation, "epoch", Fields.either(operation, "epoch"));
      Long ttlMillis = findings.number(operation, "ttl", Fields.either(operation, "ttl"));
      if (isClaim && epoch != null) {
        claims.add(Ranked.of(operation, epoch));
        Operation other = byEpoch.put(epoch, operation);
        if (other != null) {
          findings.wrong("epoch-twice", "epoch", epoch, "op", operation, "other", other);
        }
      }
      if (isGrant && epoch != null && ttlMillis != null) {
        grant(operation, epoch, ttlMillis);
      } else if (isGrant) {
        findings.unsure("index " + operation.begin() + " does not say what was granted");
      }
      if (!isGrant || (isClaim && epoch != null)) {
        looks.add(operation);
      }
    }

    private static boolean isRefusedAsGone(Operation operation) {
      return operation.f().equals("renew")
          && operation.isFail()
          && NO_LEASE.equals(Fields.name(operation.extra("error")));
    }

    private void release(Operation operation) {
      if (operation.isFail()) {
        return;
      }
      Object told = Fields.of(operation.argument(), "epoch");
      Long epoch = findings.neededNumber(operation, "epoch", told);
      if (epoch == null) {
        anyReleasedSince = Math.min(anyReleasedSince, operation.begin());
      } else {
        releasedSince.merge(epoch, operation.begin(), Math::min);
      }
    }

    private void grant(Operation operation, long epoch, long ttlMillis) {
      try {
        long ttlNanos = Math.multiplyExact(ttlMillis, NANOS_PER_MILLI);
        long until = Math.addExact(operation.invoke().timeNanos(), premises.shortest(ttlNanos));
        grants.add(new Grant(operation, epoch, until));
      } catch (ArithmeticException e) {
        findings.unsure("the end of the lease of index " + operation.begin() + " is too far away");
      }
    }

    void check(boolean isTimed) {
      RealTimeOrder.check(
          claims,
          claims,
          false,
          (late, early) ->
              findings.wrong("epoch-order", "op", late.operation(), "after", early.operation()));
      if (!isTimed) {
        return;
      }
      grants.sort(Comparator.comparingLong(grant -> grant.operation.end()));
      looks.sort(Comparator.comparingLong(Operation::begin));
      Set<Grant> lasting = new HashSet<>();
      Set<Long> held = new HashSet<>();
      int next = 0;
      for (Operation look : looks) {
        while (next < grants.size() && grants.get(next).operation.end() < look.begin()) {
          held.add(grants.get(next).epoch);
          lasting.add(grants.get(next++));
        }
        long begun = look.invoke().timeNanos();
        lasting.removeIf(grant -> grant.untilNanos <= begun);
        for (Grant grant : lasting) {
          look(look, grant);
        }
        List<Long> gone = held.stream().filter(epoch -> isGone(look, epoch)).toList();
        gone.stream().filter(epoch -> !isReleased(look, epoch)).forEach(seenEnded::add);
        held.removeAll(gone);
      }
    }

    private boolean isReleased(Operation look, long epoch) {
      long released = releasedSince.getOrDefault(epoch, Long.MAX_VALUE);
      return Math.min(released, anyReleasedSince) < look.end();
    }

    /** True if a look shows that nobody holds the lease under this epoch, or somebody else. */
    private static boolean isGone(Operation look, long epoch) {
      Long shown = Fields.eitherNumber(look, "epoch");
      if (look.isFail()) {
        return shown != null && shown == epoch;
      }
      boolean isHolder = shown != null && shown == epoch && !look.f().equals("claim");
      // A read that tells nothing of an epoch tells only that there is none.
      boolean tells = shown != null || Fields.isAbsent(look.result());
      return tells && !isHolder;
    }

    private void look(Operation look, Grant grant) {
      Op end = look.completion();
      if (end != null
          && end.timeNanos() < grant.untilNanos
          && isGone(look, grant.epoch)
          && !isReleased(look, grant.epoch)) {
        findings.wrong(
            "ended-early",
            "op",
            look,
            "holder",
            grant.operation,
            "early-by-nanos",
            grant.untilNanos - end.timeNanos());
      }
    }
  }
}
