/**
 * What is behind the client API: one stream per lane, sessions, retries, leases, pipelines of task
 * writes. Knows the wire messages and gRPC, and nothing of raft or storage. All state of the
 * transport belongs to the one thread of {@link io.cairn.client.internal.Loop}; classes say so
 * where another thread may come in.
 */
@NullMarked
package io.cairn.client.internal;

import org.jspecify.annotations.NullMarked;
