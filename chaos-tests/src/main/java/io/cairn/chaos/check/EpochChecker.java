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
 * A task has one owner: {@code :claim nil -> {:epoch e}}, {@code :checkpoint} and {@code :append}
 * with {@code :epoch e}.
 *
 * <ul>
 *   <li>epoch-twice: two claims returned one epoch;
 *   <li>epoch-order: a claim that began after another had ended returned no greater epoch;
 *   <li>stale-epoch: a checkpoint or an append was accepted, and began after a claim or a write of
 *       a newer epoch had been acknowledged.
 * </ul>
 */
public final class EpochChecker implements Checker {
  private final boolean needsClaims;

  /** With {@code needsClaims}, a history in which nothing was claimed is unknown. */
  public EpochChecker(boolean needsClaims) {
    this.needsClaims = needsClaims;
  }

  @Override
  public Verdict check(History history) {
    Findings findings = new Findings();
    long claimed = 0;
    long written = 0;
    for (KeyedOperations part : KeyedOperations.split(history.operations())) {
      List<Ranked> claims = new ArrayList<>();
      List<Ranked> writes = new ArrayList<>();
      Map<Long, Operation> byEpoch = new HashMap<>();
      for (Operation operation : part.operations()) {
        Long epoch = operation.isOk() ? Fields.eitherNumber(operation, "epoch") : null;
        if (epoch == null) {
          continue;
        }
        switch (operation.f()) {
          case "claim" -> {
            claims.add(Ranked.of(operation, epoch));
            Operation other = byEpoch.put(epoch, operation);
            if (other != null) {
              findings.wrong("epoch-twice", "epoch", epoch, "op", operation, "other", other);
            }
          }
          case "checkpoint", "append" ->
              writes.add(Ranked.of(operation, sentEpoch(operation, epoch)));
          default -> {}
        }
      }
      List<Ranked> all = new ArrayList<>(claims);
      all.addAll(writes);
      RealTimeOrder.check(
          all, claims, false, (late, early) -> wrong(findings, "epoch-order", late, early));
      RealTimeOrder.check(
          all, writes, false, (late, early) -> wrong(findings, "stale-epoch", late, early));
      claimed += claims.size();
      written += writes.size();
    }
    findings.count("claimed", claimed);
    findings.count("written", written);
    if (needsClaims && claimed == 0) {
      findings.unsure("nothing was claimed");
    }
    return findings.verdict();
  }

  /** The epoch that a write was sent with, whatever its answer calls it. */
  private static long sentEpoch(Operation operation, long otherwise) {
    Long sent = Fields.number(operation.argument(), "epoch");
    return sent == null ? otherwise : sent;
  }

  private static void wrong(Findings findings, String kind, Ranked late, Ranked early) {
    findings.wrong(kind, "op", late.operation(), "after", early.operation());
  }
}
