package io.cairn.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.RocksSettings;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.View;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Entry;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.OpenSessionRequest;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.protocol.v1.RangeRequest;
import io.cairn.protocol.v1.TaskEvent;
import java.nio.file.Path;
import java.util.List;

/**
 * An engine over a database in a folder, fed as a log would feed it. Time is what the test says.
 */
final class EngineHarness implements AutoCloseable {
  private final Path folder;
  private RocksStorage storage;
  private Engine engine;
  private long index;
  private long timeMillis = 1_000;

  EngineHarness(Path folder) {
    this.folder = folder;
    this.storage = open();
    this.engine = new Engine(storage);
    this.index = storage.appliedIndex();
  }

  /** Applies one entry of these commands and commits. */
  List<Outcome> apply(Command... commands) {
    List<Outcome> outcomes = applyOnly(commands);
    engine.commit();
    return outcomes;
  }

  /** Applies one entry and commits; returns what was told of tasks. None may be refused. */
  List<TaskEvent> applyAndCommit(Command... commands) {
    for (Outcome outcome : applyOnly(commands)) {
      assertThat(outcome.hasError()).as(outcome.getError().getMessage()).isFalse();
    }
    return engine.commit().map(CommittedBatch::taskEvents).orElse(List.of());
  }

  /** Ends all that is due; returns what was told of tasks. */
  List<TaskEvent> expireAndCommit() {
    try (View view = storage.view()) {
      return applyAndCommit(command().setExpire(new Deadlines().due(view, timeMillis)).build());
    }
  }

  /** Applies one entry and leaves it in the batch. */
  List<Outcome> applyOnly(Command... commands) {
    Entry.Builder entry = Entry.newBuilder().setLeaderTimeMillis(timeMillis);
    for (Command command : commands) {
      entry.addCommands(command.toByteString());
    }
    return engine.apply(++index, 1, EntryFormat.encode(entry.build()));
  }

  Outcome one(Command command) {
    return apply(command).get(0);
  }

  /** The committed state. */
  View view() {
    return storage.view();
  }

  /** Log time goes on. */
  void pass(long millis) {
    timeMillis += millis;
  }

  /** Ends all that is due, as a leader would. */
  void expireDue() {
    try (View view = storage.view()) {
      apply(command().setExpire(new Deadlines().due(view, timeMillis)).build());
    }
  }

  long session() {
    return one(command()
            .setOpenSession(OpenSessionRequest.newBuilder().setClient("test").setTtlMillis(30_000))
            .build())
        .getOpenSession()
        .getSession();
  }

  long lease(long ttlMillis) {
    return one(command()
            .setLeaseGrant(LeaseGrantRequest.newBuilder().setTtlMillis(ttlMillis))
            .build())
        .getLeaseGrant()
        .getId();
  }

  static Command.Builder command() {
    return Command.newBuilder().setGroup(1);
  }

  static Command.Builder put(String key, String value) {
    return command()
        .setPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value)));
  }

  /** The key's value, or the empty string. */
  String get(String key) {
    QueryResult result =
        query(
            Query.newBuilder()
                .setRange(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
                .build());
    return result.getRange().getKvsCount() == 0
        ? ""
        : result.getRange().getKvs(0).getValue().toStringUtf8();
  }

  QueryResult query(Query query) {
    try (View view = storage.view()) {
      return Queries.run(view, view.appliedIndex(), query);
    }
  }

  /** How many rows of a family are committed. */
  int rows(ColumnFamily family) {
    int rows = 0;
    try (View view = storage.view();
        Cursor cursor = view.ascend(family, new byte[0], null)) {
      while (cursor.next()) {
        rows++;
      }
    }
    return rows;
  }

  /** Closes and opens the database, as a restart of the process would. */
  void restart() {
    storage.close();
    storage = open();
    engine = new Engine(storage);
  }

  Engine engine() {
    return engine;
  }

  RocksStorage storage() {
    return storage;
  }

  long index() {
    return index;
  }

  @Override
  public void close() {
    storage.close();
  }

  private RocksStorage open() {
    return RocksStorage.open(
        folder,
        RocksSettings.small(),
        (what, cause) -> {
          throw new IllegalStateException(what, cause);
        });
  }
}
