package io.cairn.server.raft;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;

/**
 * First handler of a raft connection: closes it when a frame's header is unknown or declares too
 * much, before Bolt allocates.
 *
 * <p>It follows the stream without holding it back: it copies each header, at most 24 bytes, checks
 * it, and skips the body. Bolt's decoder behind it therefore sees only headers that were checked
 * here.
 *
 * <p>Headers, big endian. Protocol 1: protocol (1), type (1), command (2), version (1), id (4),
 * codec (1), timeout (4) in a request or status (2) in a response, lengths of class name (2),
 * header (2) and content (4). Protocol 2 has a version (1) after the protocol and a switch (1)
 * after the codec; bit 0 of it adds a CRC (4) to the body in version 2.
 *
 * <p>Thread: the channel's event loop. One instance per channel.
 */
final class FrameCap extends ChannelInboundHandlerAdapter {
  /**
   * Longest body: one append message, an entry of the largest size on top, and room for protobuf.
   */
  static final int BODY_BYTES_MAX = 8 << 20;

  static final int CLASS_NAME_BYTES_MAX = 256;
  static final int HEADER_BYTES_MAX = 2_048;

  private static final String BOLT_DECODER = "decoder";
  private static final int PROTOCOL_1 = 1;
  private static final int PROTOCOL_2 = 2;
  private static final int RESPONSE = 0;
  private static final int REQUEST = 1;
  private static final int REQUEST_ONE_WAY = 2;
  private static final int LENGTHS_BYTES = 8;
  private static final int CRC_BYTES = 4;
  private static final int LONGEST_HEADER = 24;
  private static final int PROTOCOL_2_SWITCH_AT = 11;

  /**
   * Which side of the connection this is: a server takes only requests, a client only responses.
   */
  enum Side {
    SERVER,
    CLIENT
  }

  private final Side side;
  private final ConnectionLimits limits;
  private final ByteBuffer header = ByteBuffer.allocate(LONGEST_HEADER);
  private long bodyLeft;
  private long reserved;
  private boolean counted;
  private boolean refused;

  FrameCap(Side side, ConnectionLimits limits) {
    this.side = side;
    this.limits = limits;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    counted = limits.open(context.channel());
    if (!counted) {
      refuse(context, "too many connections, limit " + ConnectionLimits.CONNECTIONS_MAX);
      return;
    }
    if (context.pipeline().get(BOLT_DECODER) != null) {
      context
          .pipeline()
          .addAfter(BOLT_DECODER, DamagedFrames.class.getName(), new DamagedFrames(limits));
    }
    context.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (counted) {
      counted = false;
      limits.closed();
    }
    release();
    context.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (refused) {
      ReferenceCountUtil.release(message);
      return;
    }
    String reason = message instanceof ByteBuf bytes ? follow(bytes) : "not bytes";
    if (!reason.isEmpty()) {
      ReferenceCountUtil.release(message);
      refuse(context, reason);
      return;
    }
    context.fireChannelRead(message);
  }

  private void refuse(ChannelHandlerContext context, String reason) {
    refused = true;
    release();
    limits.refused(reason, context.channel().remoteAddress());
    var unused = context.close();
  }

  private void release() {
    limits.release(reserved);
    reserved = 0;
  }

  /** Follows the stream over these bytes; answers why it must end, or an empty text. */
  private String follow(ByteBuf bytes) {
    int index = bytes.readerIndex();
    while (index < bytes.writerIndex()) {
      if (bodyLeft > 0) {
        long skipped = Math.min(bodyLeft, bytes.writerIndex() - index);
        index += (int) skipped;
        bodyLeft -= skipped;
        if (bodyLeft == 0) {
          release();
        }
        continue;
      }
      header.put(bytes.getByte(index));
      index++;
      String reason = headerByteAdded();
      if (!reason.isEmpty()) {
        return reason;
      }
    }
    if (bodyLeft > 0 && reserved == 0) {
      if (!limits.reserve(bodyLeft)) {
        return "unfinished frames hold more than "
            + ConnectionLimits.UNFINISHED_BYTES_MAX
            + " bytes";
      }
      reserved = bodyLeft;
    }
    return "";
  }

  private String headerByteAdded() {
    int protocol = header.get(0);
    if (protocol != PROTOCOL_1 && protocol != PROTOCOL_2) {
      return "unknown protocol " + protocol;
    }
    int typeAt = protocol == PROTOCOL_1 ? 1 : 2;
    if (header.position() <= typeAt) {
      return "";
    }
    int version = header.get(1);
    if (protocol == PROTOCOL_2 && version != 1 && version != 2) {
      return "unknown version " + version;
    }
    int type = header.get(typeAt);
    boolean allowed =
        side == Side.SERVER ? type == REQUEST || type == REQUEST_ONE_WAY : type == RESPONSE;
    if (!allowed) {
      return "unexpected frame type " + type;
    }
    int length = headerLength(protocol, type);
    if (header.position() < length) {
      return "";
    }
    return headerComplete(protocol, length);
  }

  private static int headerLength(int protocol, int type) {
    int lengthOfRequest = protocol == PROTOCOL_1 ? LONGEST_HEADER - 2 : LONGEST_HEADER;
    return type == RESPONSE ? lengthOfRequest - 2 : lengthOfRequest;
  }

  private String headerComplete(int protocol, int length) {
    int lengthsAt = length - LENGTHS_BYTES;
    int classLength = header.getShort(lengthsAt);
    int headerLength = header.getShort(lengthsAt + 2);
    int contentLength = header.getInt(lengthsAt + 4);
    if (classLength < 0 || classLength > CLASS_NAME_BYTES_MAX) {
      return "class name of " + classLength + " bytes, limit " + CLASS_NAME_BYTES_MAX;
    }
    if (headerLength < 0 || headerLength > HEADER_BYTES_MAX) {
      return "header of " + headerLength + " bytes, limit " + HEADER_BYTES_MAX;
    }
    if (contentLength < 0 || contentLength > BODY_BYTES_MAX) {
      return "content of " + contentLength + " bytes, limit " + BODY_BYTES_MAX;
    }
    boolean crc =
        protocol == PROTOCOL_2 && header.get(1) == 2 && (header.get(PROTOCOL_2_SWITCH_AT) & 1) != 0;
    bodyLeft = (long) classLength + headerLength + contentLength + (crc ? CRC_BYTES : 0);
    header.clear();
    return "";
  }
}
