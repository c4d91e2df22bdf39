package io.cairn.server.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Outcome;
import io.cairn.server.group.Reply;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The commands of one proposed entry, waiting for their outcomes. Answers once, whatever JRaft
 * calls how often.
 */
final class ProposedBatch implements Closure {
  private final List<Reply<Outcome>> replies;
  private final Runnable onEnd;
  private final AtomicBoolean ended = new AtomicBoolean();

  /**
   * @param replies in the order of the entry's commands
   * @param onEnd run once before the replies
   */
  ProposedBatch(List<Reply<Outcome>> replies, Runnable onEnd) {
    this.replies = replies;
    this.onEnd = onEnd;
  }

  /**
   * The entry was applied and its effects are committed (I6). The answers go out with {@link
   * #flush}. Applying thread.
   */
  void applied(List<Outcome> outcomes) {
    if (outcomes.size() != replies.size()) {
      throw new IllegalStateException(
          "an entry of " + replies.size() + " commands had " + outcomes.size() + " outcomes");
    }
    if (ended.compareAndSet(false, true)) {
      onEnd.run();
      for (int i = 0; i < replies.size(); i++) {
        replies.get(i).gathered(outcomes.get(i));
      }
    }
  }

  /** Sends the answers that {@link #applied} gave. */
  void flush() {
    replies.forEach(Reply::flush);
  }

  /** JRaft gave the entry up. OK comes only through {@link #applied}. */
  @Override
  public void run(Status status) {
    if (status.isOk()) {
      throw new IllegalStateException("an entry was called done without outcomes");
    }
    fail(Failures.afterProposal(status));
  }

  void fail(Failure failure) {
    if (ended.compareAndSet(false, true)) {
      onEnd.run();
      replies.forEach(reply -> reply.failed(failure));
    }
  }
}
