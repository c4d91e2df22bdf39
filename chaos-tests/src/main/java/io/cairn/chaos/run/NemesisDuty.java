package io.cairn.chaos.run;

import io.cairn.chaos.fault.Fault;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import io.cairn.chaos.workload.Completion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins and ends faults. What went wrong with one stands in its line. */
final class NemesisDuty implements Worker.Duty {
  private static final Logger LOG = LoggerFactory.getLogger(NemesisDuty.class);

  private final Map<String, Fault> faults = new LinkedHashMap<>();

  NemesisDuty(List<Fault> faults) {
    faults.forEach(fault -> this.faults.put(fault.name(), fault));
  }

  @Override
  public Completion perform(Op invocation) {
    String f = invocation.f();
    if (f.startsWith("start-")) {
      Object plan = java.util.Objects.requireNonNull(invocation.value());
      return done(() -> fault(f.substring("start-".length())).begin(plan));
    }
    return done(() -> fault(f.substring("stop-".length())).end());
  }

  private Fault fault(String name) {
    Fault fault = faults.get(name);
    if (fault == null) {
      throw new IllegalArgumentException("no such fault in this run: " + name);
    }
    return fault;
  }

  private static Completion done(Supplier<Object> act) {
    try {
      return new Completion(OpType.INFO, act.get(), Map.of("done", true));
    } catch (RuntimeException e) {
      LOG.warn("a fault failed", e);
      return new Completion(OpType.INFO, null, Map.of("error", e.toString()));
    }
  }

  @Override
  public void close() {}
}
