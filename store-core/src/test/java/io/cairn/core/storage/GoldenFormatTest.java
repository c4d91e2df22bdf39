package io.cairn.core.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.cairn.core.storage.v1.KvRow;
import io.cairn.core.storage.v1.LatestRow;
import io.cairn.core.storage.v1.LeaseRow;
import io.cairn.core.storage.v1.QuarantineRow;
import io.cairn.core.storage.v1.RevisionRow;
import io.cairn.core.storage.v1.SessionRow;
import io.cairn.core.storage.v1.SnapshotFile;
import io.cairn.core.storage.v1.SnapshotManifest;
import io.cairn.core.storage.v1.TaskRecovery;
import io.cairn.core.storage.v1.TaskRow;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.RecoveryPlan;
import io.cairn.protocol.v1.Task;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The bytes of storage format 6. Whoever has to change a line here breaks the format: databases and
 * snapshots in the field can no longer be read, and the format's version must be raised.
 */
class GoldenFormatTest {
  @Test
  void keysOfFormatSix() {
    assertThat(hex(KeyLayout.localFormat())).isEqualTo("666f726d6174");
    assertThat(hex(KeyLayout.localApplied())).isEqualTo("6170706c696564");
    assertThat(hex(KeyLayout.localDigest())).isEqualTo("646967657374");
    assertThat(hex(KeyLayout.version(new byte[] {'a', 0, 'b'}, 0x0102030405060708L)))
        .isEqualTo("6100ff62" + "0001" + "0102030405060708");
    assertThat(hex(KeyLayout.versionPrefix(new byte[0]))).isEqualTo("0001");
    assertThat(hex(KeyLayout.escape(new byte[] {0, 1, 0}))).isEqualTo("00ff0100ff");
    assertThat(hex(KeyLayout.revision(2, 3))).isEqualTo("0000000000000002" + "00000003");
    assertThat(hex(KeyLayout.id(Long.MAX_VALUE))).isEqualTo("7fffffffffffffff");
    assertThat(hex(KeyLayout.pair(1, 2))).isEqualTo("0000000000000001" + "0000000000000002");
    assertThat(hex(KeyLayout.leaseItem(5, KeyLayout.ITEM_KEY, bytes("k"))))
        .isEqualTo("0000000000000005" + "01" + "6b");
    assertThat(hex(KeyLayout.leaseItem(5, KeyLayout.ITEM_TASK, bytes("t"))))
        .isEqualTo("0000000000000005" + "02" + "74");
    assertThat(hex(KeyLayout.deadline(1000, KeyLayout.DEADLINE_LEASE, 7)))
        .isEqualTo("00000000000003e8" + "00" + "0000000000000007");
    assertThat(hex(KeyLayout.deadline(1000, KeyLayout.DEADLINE_SESSION, 7)))
        .isEqualTo("00000000000003e8" + "01" + "0000000000000007");
    assertThat(hex(KeyLayout.task("ns", "täsk"))).isEqualTo("6e73" + "00" + "74c3a4736b");
    assertThat(hex(KeyLayout.section(1, 2, "s")))
        .isEqualTo("00000000000000010000000000000002" + "73");
    assertThat(hex(KeyLayout.member("n1"))).isEqualTo("6e31");
    assertThat(hex(KeyLayout.item(1, bytes("i")))).isEqualTo("0000000000000001" + "69");
    assertThat(KeyLayout.nameOfItem(KeyLayout.item(1, bytes("i"))).toStringUtf8()).isEqualTo("i");
    assertThat(hex(KeyLayout.garbage(KeyLayout.GARBAGE_TASK, 9)))
        .isEqualTo("02" + "0000000000000009");
    assertThat(hex(KeyLayout.garbage(KeyLayout.GARBAGE_SESSION, 9))).startsWith("03");
    assertThat(hex(KeyLayout.garbage(KeyLayout.GARBAGE_LEASE, 9))).startsWith("01");
  }

  @Test
  void historyKeysOrderAsKeysAndRevisions() {
    List<byte[]> keys =
        List.of(
            new byte[0],
            new byte[] {0},
            new byte[] {0, 0},
            new byte[] {0, 1},
            new byte[] {1},
            new byte[] {1, 0},
            new byte[] {(byte) 0xFF},
            new byte[] {(byte) 0xFF, (byte) 0xFF});
    List<String> rows = new ArrayList<>();
    for (byte[] key : keys) {
      for (long revision : new long[] {1, 256, Long.MAX_VALUE}) {
        byte[] row = KeyLayout.version(key, revision);
        assertThat(KeyLayout.keyOfVersion(row)).isEqualTo(key);
        assertThat(KeyLayout.revisionOfVersion(row)).isEqualTo(revision);
        rows.add(hex(row));
      }
    }
    assertThat(rows).isSorted();
  }

  @Test
  void familiesOfFormatSix() {
    StringBuilder families = new StringBuilder();
    for (ColumnFamily family : ColumnFamily.values()) {
      families.append(family.number()).append(new String(family.nameBytes(), UTF_8)).append(' ');
    }
    assertThat(families.toString())
        .isEqualTo(
            "0default 1counter 2kv-latest 3kv-history 4kv-revision 5session 6session-outcome"
                + " 7lease 8lease-item 9deadline 10task 11checkpoint 12section 13log"
                + " 14task-history 15member 16garbage 17job-name 18job 19job-state 20job-fault"
                + " 21ready 22worker 23worker-report 24quarantine ");
  }

  @Test
  void countersOfFormatSix() {
    StringBuilder counters = new StringBuilder();
    for (Counter counter : Counter.values()) {
      counters.append(hex(counter.key())).append(counter).append(' ');
    }
    assertThat(counters.toString())
        .isEqualTo(
            "01REVISION 02COMPACTED 03EPOCH 04LOG_TIME 05FLOOR 06KEYS 07TASKS 08SESSIONS"
                + " 09LEASES 0aCOMPACTION_DONE 0bJOBS 0cWORKERS ");
  }

  @Test
  void rowsOfFormatSix() {
    assertThat(
            hex(
                KvRow.newBuilder()
                    .setCreateRevision(1)
                    .setModRevision(2)
                    .setVersion(3)
                    .setValue(ByteString.copyFromUtf8("v"))
                    .setLease(4)))
        .isEqualTo("08011002180322017628" + "04");
    assertThat(
            hex(
                LatestRow.newBuilder()
                    .setCreateRevision(1)
                    .setModRevision(2)
                    .setVersion(3)
                    .setLease(4)
                    .setValueBytes(5)
                    .setHashLow(6)
                    .setHashHigh(7)))
        .isEqualTo("08011002180320042805" + "310600000000000000" + "390700000000000000");
    assertThat(
            hex(
                RevisionRow.newBuilder()
                    .setKey(ByteString.copyFromUtf8("k"))
                    .setDeleted(true)
                    .setPreviousRevision(1)))
        .isEqualTo("0a016b10011801");
    assertThat(
            hex(
                SessionRow.newBuilder()
                    .setTtlMillis(1)
                    .setActiveTimeMillis(2)
                    .setFirstUnanswered(3)
                    .setHighestSequence(4)
                    .setClient("c")
                    .setCheckDeadlineMillis(5)))
        .isEqualTo("08011002180320042a01633005");
    assertThat(
            hex(
                LeaseRow.newBuilder()
                    .setTtlMillis(1)
                    .setRenewTimeMillis(2)
                    .setCheckDeadlineMillis(3)))
        .isEqualTo("080110021803");
    assertThat(
            hex(
                TaskRow.newBuilder()
                    .setTask(Task.getDefaultInstance())
                    .setHistoryFirst(1)
                    .setHistoryLast(2)))
        .isEqualTo("0a0010011802");
    assertThat(
            hex(
                SnapshotManifest.newBuilder()
                    .setFormat(1)
                    .setIndex(2)
                    .setTerm(3)
                    .setStateDigest(ByteString.copyFromUtf8("d"))
                    .addFiles(
                        SnapshotFile.newBuilder()
                            .setName("f")
                            .setLength(4)
                            .setSha256(ByteString.copyFromUtf8("h")))))
        .isEqualTo("0801100218032201642a08" + "0a016610041a0168");
  }

  @Test
  void recoveryOfFormatSix() {
    assertThat(
            hex(
                TaskRecovery.newBuilder()
                    .addUsed(1)
                    .addUsed(0)
                    .setFaults(2)
                    .setFaultsInRow(3)
                    .setFaultCheckpointSeq(-1)
                    .setItems(4)))
        .isEqualTo("0a020100" + "10021803" + "20ffffffffffffffffff01" + "2804");
    assertThat(
            hex(
                QuarantineRow.newBuilder()
                    .setFailures(1)
                    .setSkipped(true)
                    .setFault(Fault.newBuilder().setType("t"))))
        .isEqualTo("08011001" + "1a030a0174");
    assertThat(
            hex(
                RecoveryPlan.newBuilder()
                    .setCheckpointSeq(1)
                    .setFromLsn(2)
                    .setSkipFromLsn(3)
                    .setSkipToLsn(4)
                    .setAction("A")))
        .isEqualTo("08011002180320042a0141");
  }

  @Test
  void digestOfFormatSix() {
    StateDigest digest = new StateDigest();
    digest.add(ColumnFamily.TASK, bytes("key"), bytes("value"));
    assertThat(hex(digest.toBytes())).isEqualTo("85b56aee290064ea9c8dc45e024883a9");
    digest.add(ColumnFamily.LOG, new byte[0], new byte[0]);
    assertThat(hex(digest.toBytes())).isEqualTo("b35a7f8fc5ebbe0fd26d887aa9a14651");
    digest.remove(ColumnFamily.TASK, bytes("key"), bytes("value"));
    digest.remove(ColumnFamily.LOG, new byte[0], new byte[0]);
    assertThat(digest.toBytes()).isEqualTo(new StateDigest().toBytes());
  }

  private static String hex(MessageLite.Builder message) {
    return hex(message.build().toByteArray());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
