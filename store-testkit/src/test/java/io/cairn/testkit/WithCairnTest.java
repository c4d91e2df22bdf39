package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Cairn;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@WithCairn(nodes = 3)
@TestMethodOrder(OrderAnnotation.class)
class WithCairnTest {
  @Test
  @Order(1)
  void theClassHasOneCluster(CairnCluster cluster, Cairn cairn) {
    assertThat(cluster.nodes()).hasSize(3);
    cairn.kv().put("a", "1");
    cluster.kill(cluster.leader());
  }

  @Test
  @Order(2)
  void faultsAreUndoneAndDataStaysForTheNextTest(CairnCluster cluster, Cairn cairn) {
    assertThat(cluster.nodes()).allMatch(CairnNode::isRunning);
    assertThat(cairn.kv().get("a")).isPresent();
  }

  @Test
  @Order(3)
  @WithCairn(nodes = 1, settings = "connections-max=10")
  void aMethodHasItsOwn(CairnCluster cluster, Cairn cairn) {
    assertThat(cluster.nodes()).hasSize(1);
    assertThat(cairn.kv().get("a")).isEmpty();
  }
}
