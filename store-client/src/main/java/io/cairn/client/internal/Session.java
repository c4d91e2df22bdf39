package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import io.cairn.client.CairnException;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.OpenSessionRequest;
import io.cairn.protocol.v1.Request;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each command its request id (session, sequence), so that it changes state at most once
 * however often it is sent (I3). Belongs to the loop.
 *
 * <p>The session is opened through the log when the first command comes, and is not kept alive for
 * its own sake: one that was silent for half its time to live and has nothing unanswered is left to
 * expire, and the next command opens another. A command that finds its session expired goes on in
 * another one if it had been sent only once, for then it certainly did not run; else nobody knows.
 */
final class Session {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final LinkContext context;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Map<Call, Numbered> numbered = new HashMap<>();
  private Optional<Link> link = Optional.empty();
  private Optional<Window> window = Optional.empty();
  private boolean opening;

  Session(LinkContext context) {
    this.context = context;
  }

  /** Sends through this link from now on. Once, before the first command. */
  void sendThrough(Link work) {
    link = Optional.of(work);
  }

  /**
   * Sends a command as soon as session and window allow.
   *
   * @param operation an encoded Command with nothing but its operation
   */
  void submit(Call call, ByteString operation) {
    waiting.add(new Waiting(call, operation));
    link().hold(call);
    pump();
  }

  /**
   * Looks at an answer before its call gets it; true: the call is not over, it has been taken back.
   */
  boolean takesBack(Call call, Answer answer) {
    Numbered known = numbered.get(call);
    if (known == null
        || !answer.hasOutcome()
        || answer.getOutcome().getError().getCode() != ErrorCode.SESSION_EXPIRED.number()) {
      return false;
    }
    if (window.filter(now -> now == known.window).isPresent()) {
      LOG.info("session {} has expired; opening another", known.window.session);
      window = Optional.empty();
    }
    if (!call.wasSentOnce()) {
      return false;
    }
    // I3: the only attempt there was has been refused, so another id cannot apply it twice.
    numbered.remove(call);
    known.window.answered(known.sequence);
    call.startAnew();
    submit(call, known.operation);
    return true;
  }

  /** True if there is a session that the servers keep. */
  boolean isOpen() {
    return window.isPresent();
  }

  private Link link() {
    return link.orElseThrow();
  }

  private void pump() {
    while (!waiting.isEmpty()) {
      if (waiting.getFirst().call.isOver()) {
        waiting.removeFirst();
        continue;
      }
      long now = context.clock().nanos();
      if (window.isPresent() && window.get().isStale(now)) {
        window = Optional.empty();
      }
      if (window.isEmpty()) {
        open();
        return;
      }
      if (window.get().isFull()) {
        return;
      }
      number(window.get(), waiting.removeFirst(), now);
    }
  }

  private void number(Window in, Waiting next, long nowNanos) {
    long sequence = in.take(nowNanos);
    ByteString id =
        Command.newBuilder()
            .setSession(in.session)
            .setSequence(sequence)
            .setFirstUnanswered(in.firstUnanswered())
            .setGroup(LinkContext.GROUP)
            .build()
            .toByteString();
    // Two encoded messages one after the other are their merge: the operation is encoded once, by
    // the caller.
    next.call.request(
        Request.newBuilder()
            .setGroup(LinkContext.GROUP)
            .setCommand(id.concat(next.operation))
            .build());
    numbered.put(next.call, new Numbered(in, sequence, next.operation));
    next.call.whenOver((answer, failure) -> over(next.call));
    link().enqueue(next.call);
  }

  private void over(Call call) {
    Numbered known = numbered.remove(call);
    if (known != null) {
      known.window.answered(known.sequence);
      pump();
    }
  }

  private void open() {
    if (opening) {
      return;
    }
    opening = true;
    Command command =
        Command.newBuilder()
            .setGroup(LinkContext.GROUP)
            .setOpenSession(
                OpenSessionRequest.newBuilder()
                    .setClient(context.settings().clientName())
                    .setTtlMillis(context.settings().sessionTtl().toMillis()))
            .build();
    Request request =
        Request.newBuilder().setGroup(LinkContext.GROUP).setCommand(command.toByteString()).build();
    // A lost answer leaves a session that nobody uses; it expires.
    Call call = context.call(request, false, context.settings().requestTimeout().toNanos());
    call.whenOver(this::opened);
    link().enqueue(call);
  }

  private void opened(@Nullable Answer answer, @Nullable Throwable failure) {
    opening = false;
    if (failure != null || answer == null) {
      refuse(Failures.of(failure));
    } else if (answer.getOutcome().hasError()) {
      refuse(Failures.of(answer.getOutcome().getError()));
    } else {
      long ttlNanos = context.settings().sessionTtl().toNanos();
      window =
          Optional.of(
              new Window(
                  answer.getOutcome().getOpenSession().getSession(),
                  ttlNanos / 2,
                  context.clock().nanos()));
      pump();
    }
  }

  private void refuse(CairnException why) {
    if (why.code().retriable()) {
      // Each command has a deadline of its own; those that are left try again.
      pump();
      return;
    }
    while (!waiting.isEmpty()) {
      waiting
          .removeFirst()
          .call
          .answer
          .completeExceptionally(
              new CairnException(
                  why.code(), "not sent: no session could be opened: " + why.getMessage()));
    }
  }

  private record Waiting(Call call, ByteString operation) {}

  private record Numbered(Window window, long sequence, ByteString operation) {}

  /** The sequences of one session that are not answered. */
  static final class Window {
    private final long session;
    private final long silenceNanosMax;
    private final boolean[] answered = new boolean[Limits.SESSION_WINDOW_MAX];
    private long first = 1;
    private long next = 1;
    private long usedNanos;

    Window(long session, long silenceNanosMax, long nowNanos) {
      this.session = session;
      this.silenceNanosMax = silenceNanosMax;
      this.usedNanos = nowNanos;
    }

    long firstUnanswered() {
      return first;
    }

    boolean isFull() {
      return next - first >= Limits.SESSION_WINDOW_MAX;
    }

    boolean isStale(long nowNanos) {
      return first == next && nowNanos - usedNanos > silenceNanosMax;
    }

    long take(long nowNanos) {
      usedNanos = nowNanos;
      return next++;
    }

    void answered(long sequence) {
      answered[(int) (sequence % answered.length)] = true;
      while (first < next && answered[(int) (first % answered.length)]) {
        answered[(int) (first % answered.length)] = false;
        first++;
      }
    }
  }
}
