package io.cairn.chaos.history;

import org.jspecify.annotations.Nullable;

/**
 * What a client did: its beginning and its end. Without an end, or ended with {@code :info}, it may
 * have taken effect at any time since it began, or may yet do so, or never will.
 */
public record Operation(Op invoke, @Nullable Op completion) {
  /** {@code OK}, {@code FAIL} or {@code INFO}; {@code INFO} also if it has not ended. */
  public OpType outcome() {
    return completion == null ? OpType.INFO : completion.type();
  }

  /** True if it took effect. */
  public boolean isOk() {
    return outcome() == OpType.OK;
  }

  /** True if it is known to be without effect. */
  public boolean isFail() {
    return outcome() == OpType.FAIL;
  }

  /** True if nobody knows. */
  public boolean isUncertain() {
    return outcome() == OpType.INFO;
  }

  /** What is done, without the colon. */
  public String f() {
    return invoke.f();
  }

  /** Who does it. */
  public long process() {
    return invoke.process();
  }

  /** Where in the history it begins. */
  public long begin() {
    return invoke.index();
  }

  /** Where it ends; {@link Long#MAX_VALUE} if nobody knows whether it has taken effect. */
  public long end() {
    return completion == null || completion.type() == OpType.INFO
        ? Long.MAX_VALUE
        : completion.index();
  }

  /** What it was begun with. */
  public @Nullable Object argument() {
    return invoke.value();
  }

  /** What it returned; null if it is not {@code OK}. */
  public @Nullable Object result() {
    return completion != null && completion.type() == OpType.OK ? completion.value() : null;
  }

  /** A further field of its end, or null. */
  public @Nullable Object extra(String name) {
    return completion == null ? null : completion.extras().get(name);
  }
}
