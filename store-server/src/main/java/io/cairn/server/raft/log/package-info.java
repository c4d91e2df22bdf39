/**
 * The Raft log on disk: append-only segments, and a floor below which nothing may be missing.
 *
 * <p>{@link io.cairn.server.raft.log.SegmentLog} is what JRaft sees. It must not know nodes, terms
 * of office or commands: entries are bytes with an index and a term.
 *
 * <p>Beside it, in another folder, is an index of each full segment, a cache: by it a long log is
 * opened after only its end was read, and the rest is checked later.
 *
 * <p>Threads: JRaft writes from one thread; reads come from any. New segments are prepared on a
 * thread of their own, so that an append finds its place already on the disk; another one checks
 * what a start has left unread.
 */
@NullMarked
package io.cairn.server.raft.log;

import org.jspecify.annotations.NullMarked;
