package io.cairn.client;

import java.time.Duration;

/** A lease as granted. */
public record Lease(long id, Duration ttl) {}
