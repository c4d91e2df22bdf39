package io.cairn.client;

import java.time.Duration;
import java.util.List;

/** What is left of a lease, and the keys that hang on it. */
public record LeaseLeft(long id, Duration left, Duration granted, List<Bytes> keys) {}
