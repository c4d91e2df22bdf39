package io.cairn.server.rpc;

import io.cairn.core.storage.ReadView;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;

/** Answers a query over a view; what it refuses is in the result's error. */
@FunctionalInterface
public interface QueryRunner {
  /** Runs it on the calling thread. */
  QueryResult run(ReadView view, long appliedIndex, Query query);
}
