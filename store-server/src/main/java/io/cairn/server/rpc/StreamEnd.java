package io.cairn.server.rpc;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Failure;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the network ended a call. gRPC drops a call whose message is too large before it reads it,
 * and tells neither side why: the reason is seen by a tracer alone. Written on the call's network
 * thread before its cancellation is told there.
 */
final class StreamEnd extends ServerStreamTracer {
  private static final Context.Key<StreamEnd> KEY = Context.key("cairn-stream-end");

  /** gRPC's description ends with the limit and the size that was announced. */
  private static final Pattern SIZES = Pattern.compile("maximum size (\\d{1,18}): (\\d{1,18})");

  private volatile @Nullable Status status;

  /** Gives each call one. */
  static final class Factory extends ServerStreamTracer.Factory {
    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
      return new StreamEnd();
    }
  }

  /** That of the call being served on this thread. */
  static StreamEnd current() {
    StreamEnd end = KEY.get();
    return end == null ? new StreamEnd() : end;
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(KEY, this);
  }

  @Override
  public void streamClosed(Status closed) {
    status = closed;
  }

  /** What to tell the client if the call was ended because of a message that is too large. */
  Optional<Failure> tooLarge() {
    Status now = status;
    if (now == null || now.getCode() != Status.Code.RESOURCE_EXHAUSTED) {
      return Optional.empty();
    }
    Matcher sizes = SIZES.matcher(String.valueOf(now.getDescription()));
    if (!sizes.find()) {
      return Optional.empty();
    }
    long actual = Long.parseLong(sizes.group(2));
    return Optional.of(
        ErrorMapping.failure(
            ErrorCode.TOO_LARGE,
            "a frame of " + actual + " bytes, at most " + Limits.FRAME_BYTES_MAX,
            Limits.FRAME_BYTES_MAX,
            actual));
  }
}
