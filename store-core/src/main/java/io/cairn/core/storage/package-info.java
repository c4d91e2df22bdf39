/**
 * The database under the state machine: column families, key layout, write batches, snapshots and
 * the state digest. The only package that names RocksDB; it knows nothing of commands, consensus,
 * network or clocks.
 *
 * <p>Writes come from one thread, the one that applies. {@link io.cairn.core.storage.View}s may be
 * opened and read on any thread.
 */
@NullMarked
package io.cairn.core.storage;

import org.jspecify.annotations.NullMarked;
