package io.cairn.server.raft.log;

import java.util.ArrayList;
import java.util.List;

/** A scrub that runs when a test says so, and tells the test before it reads on. */
final class TestScrub {
  private final List<Runnable> tasks = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private Runnable beforeRead = () -> {};
  private boolean stopped;

  Scrub.Plan plan() {
    ScrubPace pace =
        new ScrubPace() {
          @Override
          public boolean next(int bytes) {
            beforeRead.run();
            return !stopped;
          }

          @Override
          public void stop() {
            stopped = true;
          }
        };
    return new Scrub.Plan(tasks::add, pace, failures::add);
  }

  /** Runs this each time before the scrub reads on. */
  void beforeRead(Runnable action) {
    beforeRead = action;
  }

  boolean begun() {
    return !tasks.isEmpty();
  }

  void run() {
    tasks.forEach(Runnable::run);
    tasks.clear();
  }

  List<Throwable> failures() {
    return failures;
  }
}
