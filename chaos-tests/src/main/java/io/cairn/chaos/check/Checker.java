package io.cairn.chaos.check;

import io.cairn.chaos.history.History;

/** Judges histories of one kind. */
public interface Checker {
  /** What the history says. Does not throw for a history's content: that is a verdict. */
  Verdict check(History history);
}
