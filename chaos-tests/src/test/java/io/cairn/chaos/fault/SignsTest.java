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
  void serversEndByThemselvesOnlyUnderFaultsThatGiveThemReason() {
    for (String fault :
        List.of(
            "kill",
            "pause",
            "partition",
            "delay",
            "clock-jump",
            "power-cut",
            "slow-disk",
            "hung-disk",
            "wiped-disk",
            "amnesia",
            "membership",
            "rolling-restart",
            "cpu")) {
      for (int code = 0; code < 256; code++) {
        assertThat(OwnEnds.allow(fault, code)).as("%s, %d", fault, code).isFalse();
      }
    }
    assertThat(OwnEnds.allow("io-error", 70)).isTrue();
    assertThat(OwnEnds.allow("short-write", 70)).isTrue();
    assertThat(OwnEnds.allow("short-write", 65)).as("nothing stored was damaged").isFalse();
    assertThat(OwnEnds.allow("bit-flip", 65)).isTrue();
    assertThat(OwnEnds.allow("bit-flip", 134)).as("no crash is a refusal").isFalse();
    assertThat(OwnEnds.allow("heap", 3)).isTrue();
    assertThat(OwnEnds.allow("memory", 137)).isTrue();
    assertThat(OwnEnds.keepAway("wiped-disk")).isTrue();
    assertThat(OwnEnds.keepAway("slow-disk")).isFalse();
  }

  @Test
  void eachPairedSignIsAsOftenAsWhatWasDone() {
    assertThat(Signs.paired("wiped-disk")).containsEntry("disks-wiped", "waiting-seen");
    assertThat(Signs.paired("amnesia")).containsEntry("disks-wiped", "waiting-seen");
    assertThat(Signs.paired("kill")).isEmpty();
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
