package io.cairn.client.internal;

import io.cairn.client.Lost;
import java.util.Optional;
import java.util.function.Consumer;

/** What a run's ownership of its task hangs on. Any thread. */
interface Ownership {
  /** True as long as the store cannot have given the task to another. */
  boolean isAlive();

  /** Why it is over, if that was noticed. */
  Optional<Lost.Reason> lostReason();

  /** Ends it, if it has not ended. */
  void lose(Lost.Reason reason);

  /** Tells {@code told} once that it is over, where it is noticed, or now. */
  void onLost(Consumer<Lost.Reason> told);

  /** The task is about to be given up: from here on the answer to that decides. */
  void disown();

  /** The task was given up. */
  void letGo();

  /** True if the handler of a job works on the task, which its worker ends. */
  boolean isOfWorker();
}
