package io.cairn.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.View;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.MemberJoined;
import io.cairn.protocol.v1.MemberPut;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemberTableTest {
  private static final Member MEMBER =
      Member.newBuilder()
          .setName("node1")
          .setRaftAddress("host:1")
          .setClientAddress("host:2")
          .setHttpAddress("host:3")
          .build();

  @TempDir Path folder;

  @Test
  void aMemberHasJoinedUntilItsRaftAddressIsAnother() {
    try (EngineHarness harness = new EngineHarness(folder)) {
      assertThat(changed(harness, joined("host:1"))).as("no such member").isFalse();
      assertThat(changed(harness, put(MEMBER))).isTrue();
      assertThat(changed(harness, joined("host:9"))).as("at another address").isFalse();
      assertThat(row(harness).getJoined()).isFalse();
      assertThat(changed(harness, joined("host:1"))).isTrue();
      assertThat(changed(harness, joined("host:1"))).as("again").isFalse();
      assertThat(changed(harness, put(MEMBER))).as("the same row").isFalse();
      changed(harness, put(MEMBER.toBuilder().setHttpAddress("host:4").build()));
      assertThat(row(harness).getJoined()).isTrue();
      changed(harness, put(MEMBER.toBuilder().setRaftAddress("host:9").build()));
      assertThat(row(harness).getJoined()).isFalse();
    }
  }

  private static Command put(Member member) {
    return EngineHarness.command().setMemberPut(MemberPut.newBuilder().setMember(member)).build();
  }

  private static Command joined(String address) {
    return EngineHarness.command()
        .setMemberJoined(MemberJoined.newBuilder().setName("node1").setRaftAddress(address))
        .build();
  }

  private static boolean changed(EngineHarness harness, Command command) {
    return harness.one(command).getInternal().getChanged();
  }

  private static Member row(EngineHarness harness) {
    try (View view = harness.view()) {
      return MemberTable.list(view).get(0);
    }
  }
}
