package io.cairn.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SignsTest {
  private static Set<String> signs(String fault) {
    return Set.copyOf(Signs.of(fault).stream().flatMap(Set::stream).toList());
  }

  @Test
  void eachFaultHasSigns() {
    for (String fault : Faults.names()) {
      assertThat(Signs.of(fault)).as(fault).isNotEmpty().allMatch(group -> !group.isEmpty());
    }
  }

  @Test
  void byProductsProveNothing() {
    assertThat(signs("snapshot-install")).containsExactly("snapshots-installed");
    assertThat(signs("lying-fsync")).contains("fsyncs-dropped");
    assertThat(Signs.of("power-cut"))
        .containsExactly(Set.of("power-cuts"), Set.of("unsynced-files-lost"));
    for (String fault : List.of("delay", "half-open")) {
      assertThat(signs(fault)).as(fault).doesNotContain("rejected-packets", "dropped-packets");
    }
    for (String fault : Faults.names()) {
      assertThat(signs(fault)).as(fault).doesNotContain(NodeFault.TERMS, "disks-wiped");
      if (!fault.equals("heap")) {
        assertThat(signs(fault)).as(fault).doesNotContain(NodeFault.OWN_EXITS);
      }
    }
  }
}
