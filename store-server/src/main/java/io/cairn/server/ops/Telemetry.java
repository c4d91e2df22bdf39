package io.cairn.server.ops;

/** Where a part of the server tells what it does. */
public record Telemetry(EventLog log, ServerMetrics metrics) {}
