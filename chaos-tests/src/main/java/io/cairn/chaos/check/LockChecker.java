package io.cairn.chaos.check;

import io.cairn.chaos.check.RealTimeOrder.Ranked;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.KeyedOperations;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A lock whose tokens fence: {@code :acquire nil -> {:token t}}, {@code :write {:token t :v x}},
 * {@code :release}. Two may believe that they hold it, for a lease ends without its holder; but no
 * write gets through once one with a newer token did.
 *
 * <ul>
 *   <li>token-twice: two acquires returned one token;
 *   <li>token-order: an acquire that began after another had ended returned no greater token;
 *   <li>stale-write: a write with an older token was accepted, and began after one with a newer
 *       token had been.
 * </ul>
 *
 * <p>A write that began after a newer token was merely acquired is not judged: a resource behind
 * the lock cannot know of it. Where the store that gives tokens out keeps the writes, it can:
 *
 * <ul>
 *   <li>stale-after-acquire: a write was accepted that began after a newer token had been acquired.
 * </ul>
 */
public final class LockChecker implements Checker {
  private final Premises premises;

  /** Judges writes by acquires, too, if the premises allow it. */
  public LockChecker(Premises premises) {
    this.premises = premises;
  }

  @Override
  public Verdict check(History history) {
    Findings findings = new Findings();
    long acquired = 0;
    long written = 0;
    boolean isCompared = false;
    for (KeyedOperations part : KeyedOperations.split(history.operations())) {
      List<Ranked> acquires = new ArrayList<>();
      List<Ranked> writes = new ArrayList<>();
      Map<Long, Operation> byToken = new HashMap<>();
      for (Operation operation : part.operations()) {
        boolean isAcquire = operation.f().equals("acquire");
        if (!operation.isOk() || !(isAcquire || operation.f().equals("write"))) {
          continue;
        }
        Object told = Fields.either(operation, "token");
        Long token = findings.neededNumber(operation, "token", told);
        if (token == null) {
          continue;
        }
        if (isAcquire) {
          acquires.add(Ranked.of(operation, token));
          Operation other = byToken.put(token, operation);
          if (other != null) {
            findings.wrong("token-twice", "token", token, "op", operation, "other", other);
          }
        } else {
          writes.add(Ranked.of(operation, token));
        }
      }
      RealTimeOrder.check(
          acquires, acquires, false, (late, early) -> wrong(findings, "token-order", late, early));
      RealTimeOrder.check(
          writes, writes, false, (late, early) -> wrong(findings, "stale-write", late, early));
      if (premises.isStoreFencing()) {
        RealTimeOrder.check(
            acquires,
            writes,
            false,
            (late, early) -> wrong(findings, "stale-after-acquire", late, early));
      }
      acquired += acquires.size();
      written += writes.size();
      isCompared |= acquires.size() > 1 || writes.size() > 1;
    }
    findings.count("acquired", acquired);
    findings.count("written", written);
    if (acquired == 0) {
      findings.unsure("the lock was never acquired");
    } else if (!isCompared) {
      findings.unsure("no two acquires or writes of one lock");
    }
    return findings.verdict();
  }

  private static void wrong(Findings findings, String kind, Ranked late, Ranked early) {
    findings.wrong(kind, "op", late.operation(), "after", early.operation());
  }
}
