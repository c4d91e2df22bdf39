/**
 * The public client API. It knows no raft and no storage engine; methods may be called from any
 * thread.
 */
@NullMarked
package io.cairn.client;

import org.jspecify.annotations.NullMarked;
