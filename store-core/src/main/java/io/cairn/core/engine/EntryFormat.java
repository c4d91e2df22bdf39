package io.cairn.core.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.cairn.core.apply.UnknownParts;
import io.cairn.protocol.Crc32c;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of a Raft entry: one byte of format version, the CRC32C of what follows, then an
 * encoded {@link Entry}. What cannot be decoded, or holds something this version does not know,
 * stops the node: skipping it would make replicas differ (I11).
 *
 * <p>The checksum goes with the entry from the leader that proposes it to each replica that applies
 * it. Records of the log and messages between servers have others of their own, which name the
 * place of a damage and end where bytes are handed on; this one spans the gaps.
 */
public final class EntryFormat {
  /** The version this software writes. */
  public static final byte VERSION = 2;

  private static final int HEADER_BYTES = 1 + Integer.BYTES;

  private EntryFormat() {}

  /** Encodes an entry. */
  public static ByteBuffer encode(Entry entry) {
    byte[] bytes = new byte[HEADER_BYTES + entry.getSerializedSize()];
    int length = bytes.length - HEADER_BYTES;
    CodedOutputStream out = CodedOutputStream.newInstance(bytes, HEADER_BYTES, length);
    try {
      entry.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new IllegalStateException("an array of the right size was too small", e);
    }
    ByteBuffer encoded = ByteBuffer.wrap(bytes);
    return encoded.put(0, VERSION).putInt(1, Crc32c.of(encoded.slice(HEADER_BYTES, length)));
  }

  /**
   * Refuses an entry of this version that does not match its checksum. One of another version may
   * pass: who applies it says so.
   *
   * @param bytes their position is left as it is
   * @throws DamagedEntryException if it was damaged
   */
  public static void requireWhole(long index, ByteBuffer bytes) {
    ByteBuffer rest = bytes.duplicate();
    if (rest.hasRemaining() && rest.get() == VERSION) {
      requireMatch(index, rest);
    }
  }

  /** Reads the checksum, and compares it with what follows. */
  private static void requireMatch(long index, ByteBuffer rest) {
    if (rest.remaining() < Integer.BYTES || rest.getInt() != Crc32c.of(rest)) {
      throw new DamagedEntryException(
          "entry "
              + index
              + " does not match its checksum: it was damaged in memory after it was proposed."
              + " Start this node again; if it stops at this entry once more, its log holds the"
              + " damage: let it join anew, with an empty folder");
    }
  }

  /**
   * Decodes an entry.
   *
   * @throws UnknownEntryException if this version does not know all of it
   * @throws DamagedEntryException if it does not match its checksum
   */
  public static Entry decode(long index, ByteBuffer bytes) {
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
    requireMatch(index, rest);
    try {
      // Its commands are views of these bytes. Whoever decodes one copies what is kept of it.
      CodedInputStream in = UnsafeByteOperations.unsafeWrap(rest).newCodedInput();
      in.enableAliasing(true);
      Entry entry = Entry.parseFrom(in);
      in.checkLastTagWas(0);
      requireKnown(index, entry.getUnknownFields().asMap().isEmpty(), "an unknown field");
      return entry;
    } catch (IOException e) {
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
      String unknown = UnknownParts.find(Command.getDescriptor(), bytes);
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
