package io.cairn.server.raft;

import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.ServerMetrics;

/** Where a group tells what happens: events in the log, numbers in the metrics. */
record Reports(EventLog log, ServerMetrics metrics) {}
