/**
 * The client plane: streams of requests and answers, watches, the admin service. Knows the group
 * only as {@link io.cairn.server.group.StoreGroup}, and neither consensus nor RocksDB. Requests
 * arrive on network threads, outcomes on the applying thread; neither may block, so queries and
 * catch-up of watches run on the query threads, answers are written by the answer threads, and all
 * state of watches belongs to one watch thread per group.
 */
@NullMarked
package io.cairn.server.rpc;

import org.jspecify.annotations.NullMarked;
