package io.cairn.server.raft;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Failure;
import io.cairn.server.group.Reply;
import java.util.concurrent.CompletableFuture;

/** A reply that keeps what it was told, and complains when told twice. */
final class Captured<T> implements Reply<T> {
  private final CompletableFuture<T> answer = new CompletableFuture<>();

  @Override
  public void done(T value) {
    if (!answer.complete(value)) {
      throw new IllegalStateException("answered twice");
    }
  }

  @Override
  public void failed(Failure failure) {
    if (!answer.completeExceptionally(new Failed(failure))) {
      throw new IllegalStateException("answered twice: " + failure);
    }
  }

  boolean isAnswered() {
    return answer.isDone();
  }

  T value() {
    return answer.join();
  }

  ErrorCode code() {
    Throwable failed = answer.handle((value, failure) -> failure).join();
    if (failed instanceof Failed told) {
      return ErrorCode.ofNumber(told.failure.getCode());
    }
    throw new IllegalStateException("not failed: " + failed);
  }

  private static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Failure failure;

    Failed(Failure failure) {
      super(failure.getMessage());
      this.failure = failure;
    }
  }
}
