package io.cairn.chaos.generator;

/** What a generator says when it is asked. */
public sealed interface Step {
  /** This is next; once it has begun, {@code rest} goes on. */
  record Emit(Invocation invocation, Generator rest) implements Step {}

  /** Nothing now, but perhaps after the next event, or later. */
  record Pending(Generator rest) implements Step {}

  /** Nothing any more. */
  record Exhausted() implements Step {}

  /** Nothing any more. */
  Step EXHAUSTED = new Exhausted();
}
