package io.cairn.core.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.apply.UnknownParts;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of a Raft entry: one byte of format version, then an encoded {@link Entry}. What cannot
 * be decoded, or holds something this version does not know, stops the node: skipping it would make
 * replicas differ (I11).
 */
public final class EntryFormat {
  /** The version this software writes. */
  public static final byte VERSION = 1;

  private EntryFormat() {}

  /** Encodes an entry. */
  public static ByteBuffer encode(Entry entry) {
    byte[] bytes = new byte[1 + entry.getSerializedSize()];
    bytes[0] = VERSION;
    CodedOutputStream out = CodedOutputStream.newInstance(bytes, 1, bytes.length - 1);
    try {
      entry.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new IllegalStateException("an array of the right size was too small", e);
    }
    return ByteBuffer.wrap(bytes);
  }

  static Entry decode(long index, ByteBuffer bytes) {
    ByteBuffer rest = bytes.duplicate();
    if (!rest.hasRemaining()) {
      throw new UnknownEntryException("entry " + index + " is empty");
    }
    byte version = rest.get();
    if (version != VERSION) {
      throw new UnknownEntryException(
          "entry "
              + index
              + " has format "
              + version
              + ", this software knows "
              + VERSION
              + "; start a version that knows it");
    }
    try {
      Entry entry = Entry.parseFrom(ByteString.copyFrom(rest));
      requireKnown(index, entry.getUnknownFields().asMap().isEmpty(), "an unknown field");
      return entry;
    } catch (InvalidProtocolBufferException e) {
      throw new UnknownEntryException("entry " + index + " cannot be decoded: " + e.getMessage());
    }
  }

  static Command decodeCommand(long index, ByteString bytes) {
    try {
      Command command = Command.parseFrom(bytes);
      requireKnown(
          index,
          command.getUnknownFields().asMap().isEmpty()
              && command.getOpCase() != Command.OpCase.OP_NOT_SET,
          "a command of unknown type");
      String unknown = UnknownParts.find(command);
      requireKnown(index, unknown == null, "an unknown part: " + unknown);
      return command;
    } catch (InvalidProtocolBufferException e) {
      throw new UnknownEntryException(
          "a command of entry " + index + " cannot be decoded: " + e.getMessage());
    }
  }

  private static void requireKnown(long index, boolean known, String what) {
    if (!known) {
      throw new UnknownEntryException(
          "entry " + index + " holds " + what + "; start a version that knows it");
    }
  }
}
