package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Admin;
import io.cairn.client.Admin.Member;
import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import io.cairn.protocol.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperateCommandsTest {
  @Test
  void snapshotsThatWereTakenAreToldWhenAMemberIsDown() {
    Ran text = Ran.with(twoOfThreeUp(), "", "snapshot").endedWith(Exit.UNAVAILABLE).saidOneLine();
    assertThat(text.out()).isEqualTo("a snapshot at index 7\nc snapshot at index 7\n");
    assertThat(text.err()).contains("no snapshot on b: ", "not applied");
    Ran json = Ran.with(twoOfThreeUp(), "", "snapshot", "-o", "json").endedWith(Exit.UNAVAILABLE);
    assertThat(json.json().path("snapshots").size()).isEqualTo(2);
  }

  private static Cairn twoOfThreeUp() {
    Admin admin =
        StoreInMemory.proxy(
            Admin.class,
            (self, method, given) -> {
              if (method.getName().equals("members")) {
                return List.of(member("a"), member("b"), member("c"));
              }
              if (given[0].equals("b:2")) {
                throw new CairnException(ErrorCode.UNAVAILABLE, "b:2: refused");
              }
              return 7L;
            });
    return StoreInMemory.proxy(
        Cairn.class, (self, method, given) -> method.getName().equals("admin") ? admin : null);
  }

  private static Member member(String name) {
    return new Member(name, name + ":1", name + ":2", name + ":3");
  }
}
