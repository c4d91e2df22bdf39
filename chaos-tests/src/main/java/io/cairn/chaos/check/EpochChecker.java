package io.cairn.chaos.check;

import io.cairn.chaos.check.RealTimeOrder.Ranked;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.KeyedOperations;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task has one owner: {@code :claim nil -> {:epoch e}}, {@code :checkpoint} and {@code :append}
 * with {@code :epoch e}; a {@code :recover nil -> {:epoch e}} shows which epoch the store has.
 *
 * <ul>
 *   <li>epoch-twice: two claims returned one epoch;
 *   <li>epoch-order: a claim returned a lower epoch than what had been claimed, written or shown
 *       before it began;
 *   <li>stale-epoch: a checkpoint or an append was accepted, and began after a claim or a write of
 *       a newer epoch had been acknowledged, or a recovery had shown one;
 *   <li>epoch-went-back: a recovery showed a lower epoch than one that had ended before it began.
 * </ul>
 */
public final class EpochChecker implements Checker {
  private final boolean needsClaims;

  /**
   * With {@code needsClaims}, a history is unknown in which nothing was claimed, or nothing else
   * says what epoch the same task had.
   */
  public EpochChecker(boolean needsClaims) {
    this.needsClaims = needsClaims;
  }

  @Override
  public Verdict check(History history) {
    Findings findings = new Findings();
    long claimed = 0;
    long written = 0;
    boolean isCompared = false;
    for (KeyedOperations part : KeyedOperations.split(history.operations())) {
      OneTask task = new OneTask(findings);
      part.operations().forEach(task::add);
      task.check();
      claimed += task.claims.size();
      written += task.writes.size();
      isCompared |=
          !task.claims.isEmpty()
              && task.claims.size() + task.writes.size() + task.recoveries.size() > 1;
    }
    findings.count("claimed", claimed);
    findings.count("written", written);
    if (needsClaims && claimed == 0) {
      findings.unsure("nothing was claimed");
    } else if (needsClaims && !isCompared) {
      findings.unsure("nothing says what came after the claim");
    }
    return findings.verdict();
  }

  private static final class OneTask {
    private final Findings findings;
    private final List<Ranked> claims = new ArrayList<>();
    private final List<Ranked> writes = new ArrayList<>();
    private final List<Ranked> recoveries = new ArrayList<>();
    private final Map<Long, Operation> byEpoch = new HashMap<>();

    OneTask(Findings findings) {
      this.findings = findings;
    }

    void add(Operation operation) {
      if (!operation.isOk()) {
        return;
      }
      switch (operation.f()) {
        case "claim" -> {
          Object returned = Fields.either(operation, "epoch");
          Long epoch = findings.neededNumber(operation, "epoch", returned);
          if (epoch != null) {
            claims.add(Ranked.of(operation, epoch));
            Operation other = byEpoch.put(epoch, operation);
            if (other != null) {
              findings.wrong("epoch-twice", "epoch", epoch, "op", operation, "other", other);
            }
          }
        }
        case "checkpoint", "append" -> {
          Long epoch = findings.number(operation, "epoch", sentEpoch(operation));
          if (epoch != null) {
            writes.add(Ranked.of(operation, epoch));
          }
        }
        case "recover" -> {
          Object shown = Fields.of(operation.result(), "epoch");
          Long epoch = findings.number(operation, "epoch", shown);
          if (epoch != null) {
            recoveries.add(Ranked.of(operation, epoch));
          }
        }
        default -> {}
      }
    }

    void check() {
      List<Ranked> all = new ArrayList<>(claims);
      all.addAll(writes);
      all.addAll(recoveries);
      RealTimeOrder.check(
          all, claims, false, (late, early) -> wrong(findings, "epoch-order", late, early));
      RealTimeOrder.check(
          all, writes, false, (late, early) -> wrong(findings, "stale-epoch", late, early));
      RealTimeOrder.check(
          recoveries,
          recoveries,
          false,
          (late, early) ->
              findings.wrong(
                  "epoch-went-back",
                  "op",
                  SavedCheckpoints.brief(late.operation()),
                  "after",
                  SavedCheckpoints.brief(early.operation())));
    }
  }

  /** The epoch that a write was sent with, whatever its answer calls it. */
  private static @Nullable Object sentEpoch(Operation operation) {
    Object sent = Fields.of(operation.argument(), "epoch");
    return sent == null ? Fields.of(operation.result(), "epoch") : sent;
  }

  private static void wrong(Findings findings, String kind, Ranked late, Ranked early) {
    findings.wrong(kind, "op", late.operation(), "after", shown(early.operation()));
  }

  private static Object shown(Operation operation) {
    return operation.f().equals("recover")
        ? SavedCheckpoints.brief(operation)
        : Findings.shown(operation);
  }
}
