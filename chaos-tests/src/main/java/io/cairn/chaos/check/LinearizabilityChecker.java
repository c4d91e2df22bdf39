package io.cairn.chaos.check;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.KeyedOperations;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Each key by itself is linearizable: its operations can be put into one order that agrees with a
 * model and with real time. Failed operations are left out; uncertain ones may be in the order, at
 * any place since they began, or not. A key without any operation that tells something is unknown
 * only if all are so.
 */
public final class LinearizabilityChecker implements Checker {
  private static final int FAILURES_MAX = 5;

  private final Model model;
  private final SearchLimits limits;

  /** Judges by a model, within limits. */
  public LinearizabilityChecker(Model model, SearchLimits limits) {
    this.model = model;
    this.limits = limits;
  }

  @Override
  public Verdict check(History history) {
    Validity all = Validity.VALID;
    boolean looked = false;
    Map<String, Object> failures = new LinkedHashMap<>();
    List<KeyedOperations> keys = KeyedOperations.split(history.operations());
    for (KeyedOperations key : keys) {
      List<Operation> told = told(key.operations());
      looked |= told.stream().anyMatch(o -> o.isOk() && model.isTelling(o));
      Verdict verdict = judge(key.operations(), told);
      all = all.and(verdict.validity());
      if (verdict.validity() != Validity.VALID && failures.size() < FAILURES_MAX) {
        failures.put(key.key() == null ? "all" : String.valueOf(key.key()), verdict.toMap());
      }
    }
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("keys", (long) keys.size());
    if (!failures.isEmpty()) {
      details.put("failures", failures);
    }
    if (!looked) {
      details.put("unsure", List.of("no operation told anything"));
      all = all.and(Validity.UNKNOWN);
    }
    return new Verdict(all, details);
  }

  private Verdict judge(List<Operation> operations, List<Operation> told) {
    for (Operation operation : operations) {
      if (!operation.isFail() && model.isUnclear(operation)) {
        return Verdict.unknown(
            "what :" + operation.f() + " of index " + operation.begin() + " did is not clear");
      }
    }
    try {
      return new LinearizabilitySearch(model, told, limits).run();
    } catch (ArithmeticException e) {
      return Verdict.unknown("numbers do not fit into 64 bits");
    }
  }

  private List<Operation> told(List<Operation> operations) {
    List<Operation> told = new ArrayList<>();
    for (Operation operation : operations) {
      if (!operation.isFail() && !model.isSilent(operation)) {
        told.add(operation);
      }
    }
    return model.relevant(told);
  }
}
