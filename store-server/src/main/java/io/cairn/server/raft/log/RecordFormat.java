package io.cairn.server.raft.log;

import com.alipay.sofa.jraft.JRaftUtils;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How an entry lies in a segment.
 *
 * <p>Layout, big endian: CRC32C of all that follows it (4), length of members and data (4), CRC32C
 * of the record before (4), length of members (4), index (8), term (8), JRaft's checksum of the
 * entry (8), type (1), flags (1), zeros (2), members, data.
 *
 * <p>Members is what only an entry of a configuration has: peers, old peers, learners, old
 * learners, each list as a count (2) and its names, each as a length (2) and ASCII. As with JRaft's
 * own encoding, an empty list comes back as none.
 *
 * <p>The checksum of the record before makes records a chain: a record that was lost, exchanged or
 * left over from before a truncation does not fit between its neighbours, though it is whole.
 */
final class RecordFormat {
  static final int HEADER_BYTES = 44;

  /** Largest record there can be: a file offset is an int, and no entry comes near. */
  static final int RECORD_BYTES_MAX = 1 << 30;

  private static final int LENGTH_AT = 4;
  private static final int PREVIOUS_AT = 8;
  private static final int MEMBERS_AT = 12;
  private static final int INDEX_AT = 16;
  private static final int TERM_AT = 24;
  private static final int CHECKSUM_AT = 32;
  private static final int TYPE_AT = 40;
  private static final int FLAGS_AT = 41;
  private static final int HAS_CHECKSUM = 1;
  private static final byte[] NO_MEMBERS = new byte[0];

  private RecordFormat() {}

  /** An entry's members as they are stored; empty for almost all entries. */
  static byte[] members(LogEntry entry) {
    if (isEmpty(entry.getPeers())
        && isEmpty(entry.getOldPeers())
        && isEmpty(entry.getLearners())
        && isEmpty(entry.getOldLearners())) {
      return NO_MEMBERS;
    }
    List<List<byte[]>> lists =
        List.of(
            names(entry.getPeers()),
            names(entry.getOldPeers()),
            names(entry.getLearners()),
            names(entry.getOldLearners()));
    int length = 0;
    for (List<byte[]> list : lists) {
      length += Short.BYTES;
      for (byte[] name : list) {
        length += Short.BYTES + name.length;
      }
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    for (List<byte[]> list : lists) {
      out.putShort((short) list.size());
      list.forEach(name -> out.putShort((short) name.length).put(name));
    }
    return out.array();
  }

  /** Bytes of the record of this entry. */
  static long size(LogEntry entry, byte[] members) {
    ByteBuffer data = entry.getData();
    return (long) HEADER_BYTES + members.length + (data == null ? 0 : data.remaining());
  }

  /**
   * Writes the header of an entry's record at the position of {@code out}, which needs {@link
   * #HEADER_BYTES}; members and data have to follow it.
   *
   * @return the record's checksum
   */
  static int putHeader(LogEntry entry, byte[] members, int previousCrc, ByteBuffer out) {
    ByteBuffer data = entry.getData();
    int start = out.position();
    int dataBytes = data == null ? 0 : data.remaining();
    out.putInt(0).putInt(members.length + dataBytes).putInt(previousCrc).putInt(members.length);
    out.putLong(entry.getId().getIndex()).putLong(entry.getId().getTerm());
    out.putLong(entry.hasChecksum() ? entry.getChecksum() : 0);
    out.put((byte) entry.getType().getNumber());
    out.put((byte) (entry.hasChecksum() ? HAS_CHECKSUM : 0)).putShort((short) 0);
    CRC32C crc = new CRC32C();
    crc.update(out.duplicate().limit(out.position()).position(start + LENGTH_AT));
    crc.update(members);
    if (data != null) {
      crc.update(data.duplicate());
    }
    out.putInt(start, (int) crc.getValue());
    return (int) crc.getValue();
  }

  /** Bytes of the record whose header begins at {@code start}, as that says; not yet checked. */
  static long sizeAt(ByteBuffer in, int start) {
    return HEADER_BYTES + (long) in.getInt(start + LENGTH_AT);
  }

  /** Whether no record begins here: nothing was ever written, or it was truncated. */
  static boolean isBlank(ByteBuffer in, int start) {
    for (int at = start; at < start + HEADER_BYTES; at++) {
      if (in.get(at) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Checks the bytes of a record against its checksum. */
  static boolean isWhole(ByteBuffer in, int start, int size) {
    CRC32C crc = new CRC32C();
    crc.update(in.duplicate().limit(start + size).position(start + LENGTH_AT));
    return in.getInt(start) == (int) crc.getValue();
  }

  static int crcAt(ByteBuffer in, int start) {
    return in.getInt(start);
  }

  static int previousCrcAt(ByteBuffer in, int start) {
    return in.getInt(start + PREVIOUS_AT);
  }

  static long indexAt(ByteBuffer in, int start) {
    return in.getLong(start + INDEX_AT);
  }

  static boolean isConfiguration(ByteBuffer in, int start) {
    return in.get(start + TYPE_AT) == EntryType.ENTRY_TYPE_CONFIGURATION_VALUE;
  }

  /** The entry of a whole record; its data shares the bytes. */
  static LogEntry decode(byte[] record) {
    ByteBuffer in = ByteBuffer.wrap(record);
    EntryType type = EntryType.forNumber(in.get(TYPE_AT));
    if (type == null) {
      throw new IllegalStateException("entry type " + in.get(TYPE_AT) + " in a whole record");
    }
    LogEntry entry = new LogEntry(type);
    entry.setId(new LogId(in.getLong(INDEX_AT), in.getLong(TERM_AT)));
    if ((in.get(FLAGS_AT) & HAS_CHECKSUM) != 0) {
      entry.setChecksum(in.getLong(CHECKSUM_AT));
    }
    int membersBytes = in.getInt(MEMBERS_AT);
    in.position(HEADER_BYTES);
    if (membersBytes > 0) {
      entry.setPeers(peers(in));
      entry.setOldPeers(peers(in));
      entry.setLearners(peers(in));
      entry.setOldLearners(peers(in));
    }
    if (in.hasRemaining()) {
      entry.setData(in.slice());
    }
    return entry;
  }

  private static boolean isEmpty(@Nullable List<PeerId> peers) {
    return peers == null || peers.isEmpty();
  }

  private static List<byte[]> names(@Nullable List<PeerId> peers) {
    return peers == null
        ? List.of()
        : peers.stream().map(peer -> peer.toString().getBytes(StandardCharsets.US_ASCII)).toList();
  }

  private static @Nullable List<PeerId> peers(ByteBuffer in) {
    int count = in.getShort();
    if (count == 0) {
      return null;
    }
    List<PeerId> peers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] name = new byte[in.getShort()];
      in.get(name);
      peers.add(JRaftUtils.getPeerId(new String(name, StandardCharsets.US_ASCII)));
    }
    return peers;
  }
}
