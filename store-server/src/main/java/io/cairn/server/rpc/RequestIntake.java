package io.cairn.server.rpc;

import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Lane;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.protocol.v1.Request;
import io.cairn.server.group.Proposal;
import io.cairn.server.group.Reply;
import io.cairn.server.ops.LogEvent;
import io.cairn.server.ops.ServerMetrics.RequestKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes requests off a stream: checks, admits, and hands each to where it is done. Whatever is
 * refused here had no effect (I8). Network thread of its stream only.
 */
final class RequestIntake {
  private final StoreEndpoint endpoint;
  private final ClientStream stream;
  private final Admission admission;

  RequestIntake(StoreEndpoint endpoint, ClientStream stream) {
    this.endpoint = endpoint;
    this.stream = stream;
    this.admission = endpoint.shared().admission();
  }

  /** Takes the requests of one frame. */
  void take(List<Request> requests, Lane lane) {
    Map<GroupDesk, List<Proposal>> commands = new LinkedHashMap<>();
    Map<GroupDesk, List<QueryDesk.Asked>> queries = new LinkedHashMap<>();
    for (Request request : requests) {
      try {
        take(request, lane, commands, queries);
      } catch (Refusal refusal) {
        stream.refuse(request.getId(), ErrorMapping.of(refusal));
      } catch (RuntimeException e) {
        String type = request.getBodyCase().name();
        endpoint.telemetry().log().failure(LogEvent.REQUEST_FAILED, e, "request", type);
        stream.failed(request.getId(), ErrorMapping.of(e));
      }
    }
    commands.forEach(this::propose);
    queries.forEach((desk, asked) -> desk.queries().ask(asked));
  }

  private void take(
      Request request,
      Lane lane,
      Map<GroupDesk, List<Proposal>> commands,
      Map<GroupDesk, List<QueryDesk.Asked>> queries) {
    if (request.getId() == 0) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, "request ids begin at 1");
    }
    if (endpoint.isStopping()) {
      throw new Refusal(ErrorCode.SHUTTING_DOWN, "the server is stopping");
    }
    GroupDesk desk =
        endpoint
            .desk(request.getGroup())
            .orElseThrow(
                () ->
                    new Refusal(
                        ErrorCode.UNKNOWN_GROUP,
                        "group " + request.getGroup() + " is not served here",
                        0,
                        request.getGroup()));
    CommandCheck.checkRequest(request, lane);
    switch (request.getBodyCase()) {
      case COMMAND ->
          commands.computeIfAbsent(desk, key -> new ArrayList<>()).add(proposal(request, lane));
      case QUERY -> queries.computeIfAbsent(desk, key -> new ArrayList<>()).add(ask(request, lane));
      case WATCH -> {
        begin(request, lane, RequestKind.WATCH, PendingRequest.NEVER);
        desk.watches().watch(stream, request.getId(), request.getWatch());
      }
      case WATCH_CANCEL -> {
        begin(request, lane, RequestKind.WATCH, PendingRequest.NEVER);
        long watch = request.getWatchCancel().getWatchId();
        desk.watches().cancel(stream, request.getId(), watch);
      }
      case TASK_WATCH -> {
        begin(request, lane, RequestKind.WATCH, PendingRequest.NEVER);
        desk.watches().wish(stream, request.getId(), request.getTaskWatch());
      }
      case BODY_NOT_SET ->
          throw new Refusal(ErrorCode.UNKNOWN_COMMAND, "a request of unknown type");
    }
  }

  private void propose(GroupDesk desk, List<Proposal> proposals) {
    try {
      desk.group().propose(proposals);
    } catch (RuntimeException e) {
      endpoint.telemetry().log().failure(LogEvent.REQUEST_FAILED, e, "request", "COMMAND");
      proposals.forEach(proposal -> proposal.reply().failed(ErrorMapping.of(e)));
    }
  }

  private Proposal proposal(Request request, Lane lane) {
    PendingRequest pending =
        begin(
            request,
            lane,
            RequestKind.COMMAND,
            ClientStream.deadlineNanos(request.getTimeoutMillis()));
    pending.markProposed();
    return new Proposal(
        request.getCommand(),
        new Answering<>(pending) {
          @Override
          public void gathered(Outcome outcome) {
            ErrorCode code = ErrorCode.ofNumber(outcome.getError().getCode());
            if (outcome.hasError() && code.retriable()) {
              // Said of this attempt, not of the request: it is not kept, and may be resent.
              failed(ErrorMapping.failure(code, outcome.getError().getMessage()));
              return;
            }
            gather(answer().setOutcome(outcome));
          }
        });
  }

  private QueryDesk.Asked ask(Request request, Lane lane) {
    PendingRequest pending =
        begin(
            request,
            lane,
            RequestKind.QUERY,
            ClientStream.deadlineNanos(request.getTimeoutMillis()));
    return new AskedQuery(pending, request.getQuery());
  }

  /** Where the answer to a request goes. */
  private abstract class Answering<T> implements Reply<T> {
    final PendingRequest pending;

    Answering(PendingRequest pending) {
      this.pending = pending;
    }

    @Override
    public void done(T answer) {
      gathered(answer);
      flush();
    }

    @Override
    public abstract void gathered(T answer);

    @Override
    public void flush() {
      stream.flush();
    }

    @Override
    public void failed(Failure failure) {
      gather(answer().setFailure(failure));
      flush();
    }

    Answer.Builder answer() {
      return Answer.newBuilder().setId(pending.id());
    }

    void gather(Answer.Builder answer) {
      pending.leave(admission);
      stream.gather(pending, answer.build());
    }
  }

  private final class AskedQuery extends Answering<QueryResult> implements QueryDesk.Asked {
    private final Query query;

    AskedQuery(PendingRequest pending, Query query) {
      super(pending);
      this.query = query;
    }

    @Override
    public Query query() {
      return query;
    }

    @Override
    public boolean isAnswered() {
      boolean answered = pending.isAnswered() || !stream.isOpen();
      if (answered) {
        pending.leave(admission);
      }
      return answered;
    }

    @Override
    public boolean hasRoom() {
      return stream.hasAnswerRoom();
    }

    @Override
    public void gathered(QueryResult result) {
      gather(answer().setResult(result));
    }
  }

  /** Takes a place in admission and on the stream; refuses OVERLOADED before any effect. */
  private PendingRequest begin(Request request, Lane lane, RequestKind kind, long deadlineNanos) {
    endpoint.telemetry().metrics().arrived(kind);
    int bytes = request.getSerializedSize();
    if (!admission.tryEnter(lane, bytes)) {
      endpoint.noteOverload();
      throw new Refusal(
          ErrorCode.OVERLOADED,
          "%d requests of %d bytes wait on this server"
              .formatted(admission.requests(lane), admission.bytes(lane)));
    }
    PendingRequest pending = new PendingRequest(request.getId(), lane, bytes, deadlineNanos);
    if (!stream.begin(pending)) {
      pending.leave(admission);
      int max = endpoint.shared().requestsInFlightMax();
      throw new Refusal(
          ErrorCode.OVERLOADED,
          "more than %d requests of this stream wait, or %d is among them"
              .formatted(max, request.getId()));
    }
    return pending;
  }
}
