package io.cairn.chaos.generator;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.check.Checkers;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.workload.Workload;
import io.cairn.chaos.workload.Workloads;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WorkloadOperationsTest {
  /** One that a checker does not know is left out of what it judges. */
  @Test
  void whatAWorkloadDoesItsCheckerKnows() {
    Workload.Plan plan = new Workload.Plan(new Seed(3), 4, 3);
    for (String name : Workloads.names()) {
      Workload workload = Workloads.of(name);
      List<Op> ops =
          Simulation.run(
              4,
              Generators.timeLimit(
                  Duration.ofSeconds(20),
                  Generators.stagger(
                      new Seed(4), Duration.ofMillis(20), workload.operations(plan))));
      Stream<String> last =
          workload.finalReads(plan, new History(ops)).values().stream()
              .flatMap(List::stream)
              .map(Call::f);
      Set<String> names = Stream.concat(ops.stream().map(Op::f), last).collect(Collectors.toSet());
      assertThat(names).as(name).isNotEmpty().isSubsetOf(Checkers.operations(name));
    }
  }
}
