package io.cairn.protocol;

/** What an error says about the effect of the command that met it. */
public enum Certainty {
  /** The command certainly changed nothing, and will not. */
  NOT_APPLIED,
  /** The command may have been applied, may still be, or may never be. */
  OUTCOME_UNKNOWN,
  /** The command was applied, but its answer is no longer kept. */
  APPLIED
}
