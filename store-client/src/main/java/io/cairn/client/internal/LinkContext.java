package io.cairn.client.internal;

import io.cairn.protocol.v1.MemberListRequest;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.Request;
import java.util.concurrent.atomic.AtomicLong;

/** What the links of one client share. */
record LinkContext(
    Settings settings,
    Loop loop,
    NanoClock clock,
    Channels channels,
    LeaderRouter router,
    Backoff backoff,
    AtomicLong numbers) {
  /** The version of the stream's protocol that this client speaks. */
  static final int PROTOCOL = 1;

  /** The group that everything lives in: the first there is. */
  static final int GROUP = 1;

  /** A call with its place among all calls. */
  Call call(Request request, boolean changes, long timeoutNanos) {
    return new Call(numbers.incrementAndGet(), request, changes, clock.nanos() + timeoutNanos);
  }

  /** A question that any node answers at once, to see whether it is there. */
  Call probe() {
    Query query =
        Query.newBuilder()
            .setSerializable(true)
            .setMemberList(MemberListRequest.getDefaultInstance())
            .build();
    return call(
        Request.newBuilder().setGroup(GROUP).setQuery(query).build(),
        false,
        settings.requestTimeout().toNanos());
  }
}
