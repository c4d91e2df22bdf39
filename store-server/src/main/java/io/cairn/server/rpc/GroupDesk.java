package io.cairn.server.rpc;

import io.cairn.server.group.StoreGroup;

/** One group, with what answers its queries and watches. */
record GroupDesk(StoreGroup group, QueryDesk queries, WatchHub watches) {}
