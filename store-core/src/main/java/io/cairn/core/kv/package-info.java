/**
 * The multi-version key-value plane with etcd v3's semantics. Writing classes run on the applying
 * thread; reading ones on any thread over a view. Knows nothing of tasks.
 */
@NullMarked
package io.cairn.core.kv;

import org.jspecify.annotations.NullMarked;
