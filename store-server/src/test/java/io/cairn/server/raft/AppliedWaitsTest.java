package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppliedWaitsTest {
  private final AppliedWaits waits = new AppliedWaits();
  private final List<String> ran = new ArrayList<>();

  @Test
  void runsAtOnceWhatIsAppliedAndLaterWhatIsNot() {
    waits.applied(5);
    waits.when(5, () -> ran.add("five"));
    waits.when(7, () -> ran.add("seven"));
    waits.when(6, () -> ran.add("six"));
    assertThat(ran).containsExactly("five");
    waits.applied(6);
    waits.applied(4); // a replay after a restart
    assertThat(ran).containsExactly("five", "six");
    waits.applied(100);
    assertThat(ran).containsExactly("five", "six", "seven");
  }

  @Test
  void aForgottenWaitDoesNotRunAndOneThatRanCannotBeForgotten() {
    Runnable task = () -> ran.add("x");
    waits.when(3, task);
    assertThat(waits.forget(3, task)).isTrue();
    waits.applied(3);
    assertThat(ran).isEmpty();
    assertThat(waits.forget(3, task)).isFalse();
  }
}
