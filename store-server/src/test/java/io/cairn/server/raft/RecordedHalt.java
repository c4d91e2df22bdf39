package io.cairn.server.raft;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A halt that is written down instead of carried out. */
final class RecordedHalt implements Halt {
  private final List<String> reasons = new CopyOnWriteArrayList<>();

  @Override
  public void halt(String reason, @Nullable Throwable cause) {
    reasons.add(reason);
  }

  List<String> reasons() {
    return reasons;
  }
}
