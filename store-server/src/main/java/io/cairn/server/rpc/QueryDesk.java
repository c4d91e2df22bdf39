package io.cairn.server.rpc;

import io.cairn.core.storage.View;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.server.group.Reply;
import io.cairn.server.group.StoreGroup;
import io.cairn.server.ops.Telemetry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Answers queries: waits until this replica is fresh enough, then reads on the query threads, never
 * on the applying one. Queries that came in one frame share one round and one view.
 */
final class QueryDesk {
  /** Milliseconds a serializable query waits for the index it asks for. */
  private static final int CATCH_UP_MILLIS_MAX = 2_000;

  /** How long an answer waits for those behind it, at most, and the one that is under way. */
  private static final long GATHERING_NANOS_MAX = 1_000_000;

  /** A query, and where its answer goes. */
  interface Asked extends Reply<QueryResult> {
    /** What is asked. */
    Query query();

    /** True if nobody waits any more. */
    boolean isAnswered();

    /** False if the stream holds so many answers that another one must not be read. */
    boolean hasRoom();
  }

  /** What a serializable query asks of the replica. */
  private record Freshness(long appliedIndexMin, int stalenessMillisMax) {}

  private final StoreGroup group;
  private final QueryRunner runner;
  private final Executor threads;
  private final Telemetry telemetry;

  /**
   * A desk.
   *
   * @param threads the query threads, with a bounded queue
   */
  QueryDesk(StoreGroup group, QueryRunner runner, Executor threads, Telemetry telemetry) {
    this.group = group;
    this.runner = runner;
    this.threads = threads;
    this.telemetry = telemetry;
  }

  /** Answers the queries of one frame. */
  void ask(List<Asked> queries) {
    List<Asked> linearizable = new ArrayList<>();
    Map<Freshness, List<Asked>> serializable = new LinkedHashMap<>();
    for (Asked asked : queries) {
      Query query = asked.query();
      if (query.getSerializable()) {
        serializable
            .computeIfAbsent(
                new Freshness(query.getAppliedIndexMin(), query.getStalenessMillisMax()),
                key -> new ArrayList<>())
            .add(asked);
      } else {
        linearizable.add(asked);
      }
    }
    if (!linearizable.isEmpty()) {
      telemetry.metrics().readRound(linearizable.size());
      group.linearize(then(linearizable));
    }
    serializable.forEach(
        (fresh, batch) ->
            group.catchUp(
                fresh.appliedIndexMin(),
                fresh.stalenessMillisMax() < 0 ? Integer.MAX_VALUE : fresh.stalenessMillisMax(),
                CATCH_UP_MILLIS_MAX,
                then(batch)));
  }

  private Reply<Void> then(List<Asked> batch) {
    return new Reply<>() {
      @Override
      public void done(Void nothing) {
        try {
          threads.execute(() -> run(batch));
        } catch (RejectedExecutionException e) {
          batch.forEach(asked -> asked.failed(ErrorMapping.of(e)));
        }
      }

      @Override
      public void failed(Failure failure) {
        batch.forEach(asked -> asked.failed(failure));
      }
    };
  }

  private void run(List<Asked> batch) {
    try (View view = group.view()) {
      long flushedNanos = System.nanoTime();
      for (Asked asked : batch) {
        if (!asked.isAnswered()) {
          run(view, asked);
        }
        // What took long must not keep back what is done.
        if (System.nanoTime() - flushedNanos > GATHERING_NANOS_MAX) {
          batch.forEach(Asked::flush);
          flushedNanos = System.nanoTime();
        }
      }
    } catch (RuntimeException e) {
      telemetry.log().failure(ErrorMapping.event(e), e, "request", "query");
      batch.forEach(asked -> asked.failed(ErrorMapping.of(e)));
    } finally {
      batch.forEach(Asked::flush);
    }
  }

  private void run(View view, Asked asked) {
    if (!asked.hasRoom()) {
      asked.failed(
          ErrorMapping.failure(
              ErrorCode.OVERLOADED, "too many bytes of answers wait to be read on this stream"));
      return;
    }
    try {
      asked.gathered(runner.run(view, view.appliedIndex(), asked.query()));
    } catch (RuntimeException e) {
      String type = asked.query().getQueryCase().name();
      telemetry.log().failure(ErrorMapping.event(e), e, "request", type);
      asked.failed(ErrorMapping.of(e));
    }
  }
}
