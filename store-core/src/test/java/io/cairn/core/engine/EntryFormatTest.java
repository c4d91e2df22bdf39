package io.cairn.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Compare;
import io.cairn.protocol.v1.Entry;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.RequestOp;
import io.cairn.protocol.v1.TxnRequest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I11: what is not understood stops the node. */
class EntryFormatTest {
  @TempDir Path folder;

  @Test
  void goldenBytesOfAnEntryWithOnePut() {
    Entry entry =
        Entry.newBuilder()
            .setLeaderTimeMillis(1_000)
            .addCommands(
                EngineHarness.put("k", "v")
                    .setSession(7)
                    .setSequence(2)
                    .setFirstUnanswered(1)
                    .build()
                    .toByteString())
            .build();
    // Changing this means that logs written before cannot be read: raise EntryFormat.VERSION
    // instead.
    assertThat(HexFormat.of().formatHex(EntryFormat.encode(entry).array()))
        .isEqualTo("02d9ba983608e807121108071002180120" + "01a201060a016b120176");
  }

  @Test
  void anEntryOfANewerFormatStopsTheNode() {
    refused(ByteBuffer.wrap(new byte[] {3, 8, 1}), "format 3");
  }

  @Test
  void anEntryWithAnyFlippedBitOrCutOffStopsTheNode() {
    byte[] bytes = entry(EngineHarness.put("k", "v")).array();
    try (EngineHarness harness = new EngineHarness(folder.resolve("db"))) {
      for (int bit = 8; bit < bytes.length * 8; bit++) {
        byte[] flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        damaged(harness, ByteBuffer.wrap(flipped));
      }
      for (int length = 1; length < bytes.length; length++) {
        damaged(harness, ByteBuffer.wrap(bytes, 0, length));
      }
      assertThat(harness.engine().apply(1, 1, ByteBuffer.wrap(bytes))).hasSize(1);
    }
  }

  private static void damaged(EngineHarness harness, ByteBuffer bytes) {
    assertThatThrownBy(() -> harness.engine().apply(1, 1, bytes))
        .isInstanceOf(DamagedEntryException.class)
        .hasMessageContaining("entry 1 does not match its checksum");
  }

  @Test
  void anEmptyEntryStopsTheNode() {
    refused(ByteBuffer.allocate(0), "is empty");
  }

  @Test
  void anEntryThatCannotBeDecodedStopsTheNode() {
    refused(whole(0x12, 0x7f), "cannot be decoded");
  }

  @Test
  void aCommandOfUnknownTypeStopsTheNode() {
    // Field 59, which no version has used.
    ByteString unknown =
        Command.newBuilder()
            .setGroup(1)
            .build()
            .toByteString()
            .concat(ByteString.copyFrom(new byte[] {(byte) 0xda, 3, 0}));
    refused(entry(unknown), "unknown type");
    refused(entry(Command.newBuilder().setGroup(1).build().toByteString()), "unknown type");
  }

  @Test
  void anUnknownFieldOfAnEntryStopsTheNode() {
    refused(whole(8, 1, 0x98, 6, 1), "unknown field");
  }

  @Test
  void anUnknownFieldOrEnumValueDeepInACommandStopsTheNode() {
    UnknownFieldSet later =
        UnknownFieldSet.newBuilder()
            .addField(90, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    PutRequest put = PutRequest.newBuilder().setUnknownFields(later).build();
    refused(entry(EngineHarness.command().setPut(put)), "PutRequest has field 90");
    TxnRequest inner =
        TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder().setPut(put)).build();
    TxnRequest outer =
        TxnRequest.newBuilder().addFailure(RequestOp.newBuilder().setTxn(inner)).build();
    refused(entry(EngineHarness.command().setTxn(outer)), "PutRequest has field 90");
    TxnRequest compare =
        TxnRequest.newBuilder().addCompare(Compare.newBuilder().setTargetValue(77)).build();
    refused(entry(EngineHarness.command().setTxn(compare)), "target is 77");
  }

  private void refused(ByteBuffer bytes, String message) {
    try (EngineHarness harness = new EngineHarness(folder.resolve("db"))) {
      assertThatThrownBy(() -> harness.engine().apply(1, 1, bytes))
          .isInstanceOf(UnknownEntryException.class)
          .hasMessageContaining(message)
          .hasMessageContaining("entry 1");
    }
  }

  /** Bytes of the version and the checksum of an entry, and then these. */
  private static ByteBuffer whole(int... values) {
    byte[] entry = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      entry[i] = (byte) values[i];
    }
    CRC32C crc = new CRC32C();
    crc.update(entry);
    return ByteBuffer.allocate(5 + entry.length)
        .put(EntryFormat.VERSION)
        .putInt((int) crc.getValue())
        .put(entry)
        .flip();
  }

  private static ByteBuffer entry(Command.Builder command) {
    return entry(command.build().toByteString());
  }

  private static ByteBuffer entry(ByteString command) {
    return EntryFormat.encode(
        Entry.newBuilder().setLeaderTimeMillis(1).addCommands(command).build());
  }
}
