/**
 * One Raft group on one server: the adapter around JRaft.
 *
 * <p>It deals in bytes: what an entry means belongs to the state machine that is handed in. Nothing
 * outside this package names a JRaft class. It must not know gRPC, commands, or the storage engine
 * of the state machine.
 *
 * <p>Threads: calls come from any thread; closures and state machine callbacks come from JRaft's
 * threads and must neither block nor throw.
 */
@NullMarked
package io.cairn.server.raft;

import org.jspecify.annotations.NullMarked;
