package io.cairn.core.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.RocksSettings;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.StateDigest;
import io.cairn.core.storage.View;
import io.cairn.protocol.v1.CompactRequest;
import io.cairn.protocol.v1.DeleteRangeRequest;
import io.cairn.protocol.v1.DeleteRangeResponse;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.KeyValue;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.LockRequest;
import io.cairn.protocol.v1.LockResponse;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.PutResponse;
import io.cairn.protocol.v1.RangeRequest;
import io.cairn.protocol.v1.RangeResponse;
import io.cairn.protocol.v1.TxnRequest;
import io.cairn.protocol.v1.TxnResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** A keyspace over a real storage, one command at a time; batches are cut where a test says. */
final class KvStore implements AutoCloseable {
  private final RocksStorage storage;
  private final KvTable table = new KvTable();
  private final LeaseTable leases = new LeaseTable(Map.of(KeyLayout.ITEM_KEY, table));
  private Batch batch;
  private long index;
  private List<Event> events = List.of();

  KvStore(Path folder) {
    storage =
        RocksStorage.open(
            folder,
            RocksSettings.small(),
            (what, cause) -> {
              throw new AssertionError(what, cause);
            });
    batch = storage.newBatch();
  }

  static ByteString bytes(String text) {
    return ByteString.copyFrom(text, StandardCharsets.ISO_8859_1);
  }

  /** Runs a command. One that is refused must not have written. */
  <T> T apply(Function<ApplyContext, T> command) {
    ApplyContext context = new ApplyContext(batch, ++index, 1, 0);
    long writes = batch.writes();
    try {
      T result = command.apply(context);
      events = List.copyOf(context.kvEvents());
      return result;
    } catch (Refusal refusal) {
      events = List.of();
      assertThat(batch.writes()).as("writes of a refused command").isEqualTo(writes);
      assertThat(context.kvEvents()).isEmpty();
      throw refusal;
    }
  }

  void run(Consumer<ApplyContext> command) {
    apply(
        context -> {
          command.accept(context);
          return true;
        });
  }

  /** Events of the last command. */
  List<Event> events() {
    return events;
  }

  /** The state with what is not committed yet. */
  Batch batch() {
    return batch;
  }

  View view() {
    return storage.view();
  }

  byte[] digest() {
    return storage.digest();
  }

  void commit() {
    storage.commit(batch, ++index, 1);
    batch = storage.newBatch();
  }

  /** Merges what was removed out of the way of scans. */
  void flush() {
    storage.flush();
  }

  PutResponse put(PutRequest request) {
    return apply(context -> table.put(context, request));
  }

  PutResponse put(String key, String value) {
    return put(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build());
  }

  PutResponse put(String key, String value, long lease) {
    return put(
        PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).setLease(lease).build());
  }

  DeleteRangeResponse delete(DeleteRangeRequest request) {
    return apply(context -> table.deleteRange(context, request));
  }

  long delete(String key) {
    return delete(DeleteRangeRequest.newBuilder().setKey(bytes(key)).build()).getDeleted();
  }

  long delete(String key, String rangeEnd) {
    return delete(
            DeleteRangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(rangeEnd)).build())
        .getDeleted();
  }

  TxnResponse txn(TxnRequest request) {
    return apply(context -> table.txn(context, request));
  }

  void compact(long revision) {
    CompactRequest request = CompactRequest.newBuilder().setRevision(revision).build();
    run(context -> table.compact(context, request));
  }

  int compactStep(int rowsMax) {
    return apply(context -> Compaction.step(context, rowsMax));
  }

  /** Commits, and compares the digest with one made from all rows. */
  void assertDigest() {
    commit();
    try (View view = storage.view()) {
      assertThat(view.digest()).isEqualTo(StateDigest.recompute(view).toBytes());
    }
  }

  void compactAll() {
    while (Compaction.pending(batch)) {
      compactStep(7);
    }
  }

  LockResponse lock(String name, long lease, boolean tryOnly) {
    LockRequest request =
        LockRequest.newBuilder().setName(bytes(name)).setLease(lease).setTryOnly(tryOnly).build();
    return apply(context -> table.lock(context, request));
  }

  void grant(long lease) {
    LeaseGrantRequest request =
        LeaseGrantRequest.newBuilder().setId(lease).setTtlMillis(1_000).build();
    run(context -> leases.grant(context, request));
  }

  /** Ends leases in one command, as an Expire does. */
  void endLeases(List<Long> ids) {
    run(context -> ids.forEach(id -> leases.revoke(context, id)));
  }

  RangeResponse range(RangeRequest request) {
    return KvReads.range(batch, request);
  }

  RangeResponse range(String key, String rangeEnd) {
    return range(RangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(rangeEnd)).build());
  }

  /** The value of a key at a revision, 0: now; "-" if absent. */
  String value(String key, long revision) {
    RangeResponse response =
        range(RangeRequest.newBuilder().setKey(bytes(key)).setRevision(revision).build());
    return response.getKvsCount() == 0
        ? "-"
        : response.getKvs(0).getValue().toString(StandardCharsets.ISO_8859_1);
  }

  KeyValue get(String key) {
    return range(key, "").getKvs(0);
  }

  long revision() {
    return batch.counter(Counter.REVISION);
  }

  @Override
  public void close() {
    storage.close();
  }
}
