package io.cairn.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.RocksSettings;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.StateDigest;
import io.cairn.core.storage.View;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Entry;
import io.cairn.protocol.v1.Housekeep;
import io.cairn.protocol.v1.LeaderStart;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.OpenSessionRequest;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.RenewRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No entry makes more effects at once than memory holds: else every replica would stop at it. */
class EngineBoundsTest {
  private static final int LARGE_KEYS = 80;

  @TempDir Path folder;
  private RocksStorage storage;
  private Engine engine;
  private long index;
  private long timeMillis = 1_000;

  @BeforeEach
  void open() {
    storage =
        RocksStorage.open(
            folder,
            RocksSettings.small(),
            (what, cause) -> {
              throw new AssertionError(what, cause);
            });
    engine = new Engine(storage);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private long pending;

  private List<Outcome> apply(Command... commands) {
    Entry.Builder entry = Entry.newBuilder().setLeaderTimeMillis(timeMillis);
    Arrays.stream(commands).forEach(command -> entry.addCommands(command.toByteString()));
    List<Outcome> outcomes = engine.apply(++index, 1, EntryFormat.encode(entry.build()));
    pending = engine.pendingBytes();
    var unused = engine.commit();
    return outcomes;
  }

  private static Command put(int key, int length, long lease) {
    return Command.newBuilder()
        .setPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("key-" + key))
                .setValue(ByteString.copyFrom(new byte[length]))
                .setLease(lease))
        .build();
  }

  /** Small, but writes the key's value once more. */
  private static Command keepValue(int key) {
    return Command.newBuilder()
        .setPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("key-" + key))
                .setIgnoreValue(true))
        .build();
  }

  private static Command grant(long id) {
    return Command.newBuilder()
        .setLeaseGrant(LeaseGrantRequest.newBuilder().setId(id).setTtlMillis(1_000))
        .build();
  }

  private static Command housekeep() {
    return Command.newBuilder().setHousekeep(Housekeep.newBuilder().setRowsMax(1_000)).build();
  }

  private Command expire() {
    try (View view = storage.view()) {
      return Command.newBuilder().setExpire(new Deadlines().due(view, timeMillis)).build();
    }
  }

  private long counter(Counter counter) {
    try (View view = storage.view()) {
      return view.counter(counter);
    }
  }

  private void assertDigestIsOfItsRows() {
    try (View view = storage.view()) {
      assertThat(StateDigest.recompute(view).toBytes()).isEqualTo(view.digest());
    }
  }

  @Test
  void leaseOverMuchDataEndsInBoundedSteps() {
    apply(grant(7));
    for (int i = 0; i < LARGE_KEYS; i++) {
      apply(put(i, Limits.VALUE_BYTES_MAX, 7));
    }
    timeMillis += 10_000;
    apply(expire());
    assertThat(pending).isLessThan(Limits.DELETE_BYTES_MAX + 2L * Limits.VALUE_BYTES_MAX);
    assertThat(counter(Counter.LEASES)).isZero();
    assertThat(counter(Counter.KEYS)).isBetween(1L, LARGE_KEYS - 1L);
    boolean more = true;
    while (more) {
      more = apply(housekeep()).get(0).getHousekeep().getMore();
      assertThat(pending).isLessThan(Limits.BATCH_BYTES + 2L * Limits.VALUE_BYTES_MAX);
    }
    assertThat(counter(Counter.KEYS)).isZero();
    assertDigestIsOfItsRows();
  }

  @Test
  void leasesBeyondWhatOneExpireMayEndEndWithTheNext() {
    for (int lease = 1; lease <= 4; lease++) {
      apply(grant(lease));
    }
    for (int i = 0; i < LARGE_KEYS; i++) {
      apply(put(i, Limits.VALUE_BYTES_MAX, 1 + i / (LARGE_KEYS / 4)));
    }
    timeMillis += 10_000;
    for (int round = 0; counter(Counter.LEASES) > 0; round++) {
      assertThat(round).isLessThan(4);
      apply(expire());
      assertThat(pending).isLessThan(Limits.DELETE_BYTES_MAX + 2L * Limits.VALUE_BYTES_MAX);
    }
    while (apply(housekeep()).get(0).getHousekeep().getMore()) {
      assertThat(counter(Counter.LEASES)).isZero();
    }
    assertThat(counter(Counter.KEYS)).isZero();
    assertDigestIsOfItsRows();
  }

  @Test
  void commandsBeyondWhatOneEntryMayChangeAreRefusedAndRunWhenSentAgain() {
    long session =
        apply(
                Command.newBuilder()
                    .setOpenSession(OpenSessionRequest.newBuilder().setTtlMillis(60_000))
                    .build())
            .get(0)
            .getOpenSession()
            .getSession();
    List<Command> small = new ArrayList<>();
    for (int i = 0; i < LARGE_KEYS; i++) {
      apply(put(i, Limits.VALUE_BYTES_MAX, 0));
      small.add(
          keepValue(i).toBuilder()
              .setSession(session)
              .setSequence(i + 1)
              .setFirstUnanswered(1)
              .build());
    }
    Command own = Command.newBuilder().setLeaderStart(LeaderStart.getDefaultInstance()).build();
    apply(grant(9));
    List<Command> entry = new ArrayList<>(small);
    entry.add(own);
    entry.add(Command.newBuilder().setRenew(RenewRequest.newBuilder().addLeases(9)).build());
    List<Outcome> first = apply(entry.toArray(Command[]::new));
    assertThat(pending).isLessThan(Limits.ENTRY_EFFECT_BYTES_MAX + 2L * Limits.VALUE_BYTES_MAX);
    assertThat(first.get(LARGE_KEYS).hasError()).isFalse();
    assertThat(first.get(LARGE_KEYS + 1).hasRenew()).isTrue();
    Outcome last = first.get(LARGE_KEYS - 1);
    assertThat(last.getError().getCode()).isEqualTo(ErrorCode.OVERLOADED.number());

    List<Outcome> second = apply(small.toArray(Command[]::new));
    assertThat(second).noneMatch(Outcome::hasError);
    assertThat(second.get(0)).isEqualTo(first.get(0));
    assertThat(counter(Counter.REVISION)).isEqualTo(1 + 2L * LARGE_KEYS);
    assertDigestIsOfItsRows();
  }
}
