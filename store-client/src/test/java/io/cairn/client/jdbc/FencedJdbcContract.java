package io.cairn.client.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cairn.client.Bytes;
import io.cairn.client.FencedException;
import io.cairn.client.TaskName;
import io.cairn.protocol.Certainty;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds over every database: one subclass for each. */
public abstract class FencedJdbcContract {
  @ParameterizedTest
  @ValueSource(
      ints = {
        Connection.TRANSACTION_READ_COMMITTED,
        Connection.TRANSACTION_REPEATABLE_READ,
        Connection.TRANSACTION_SERIALIZABLE
      })
  @Retention(RetentionPolicy.RUNTIME)
  private @interface AtEachIsolation {}

  static final TaskName TASK = TaskName.of("copy");
  private static final long SECONDS_MAX = 30;

  private final List<Connection> connections = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Connection one;
  private Connection two;

  /** A new connection in auto-commit mode, as drivers give it, to one database for all tests. */
  protected abstract Connection connect() throws SQLException;

  /** How many sessions wait for a lock; asked on a connection of its own. */
  protected abstract int blockedSessions(Connection connection) throws SQLException;

  @BeforeEach
  void begin() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS cairn_fence");
      Sink.createAnew(connection);
      FencedJdbc.createTable(connection);
    }
    one = readCommitted();
    two = readCommitted();
  }

  @AfterEach
  void end() throws SQLException {
    threads.shutdownNow();
    for (Connection connection : connections) {
      connection.close();
    }
  }

  @Test
  void rowsAndPositionAreCommittedTogether() throws SQLException {
    assertThat(FencedJdbc.claim(one, TASK, 4)).isEqualTo(new JdbcPosition.Start());
    try (FencedTransaction tx = FencedJdbc.guard(one, TASK, 4)) {
      assertThat(tx.position()).isEmpty();
      Sink.insert(one, 1);
      tx.commit(1);
    }
    try (FencedTransaction tx = FencedJdbc.guard(one, TASK, 4)) {
      assertThat(tx.position()).hasValue(1);
      Sink.insert(one, 2);
    }
    try (FencedTransaction tx = FencedJdbc.guard(one, TASK, 4)) {
      assertThat(tx.position()).as("the transaction before was only closed").hasValue(1);
    }
    assertThat(sink()).containsExactly(1L);
    assertThat(FencedJdbc.claim(two, TASK, 5)).isEqualTo(new JdbcPosition.Offset(1));
  }

  @Test
  void staleEpochIsFencedWithNothingWritten() throws SQLException {
    FencedJdbc.claim(one, TASK, 4);
    FencedJdbc.claim(two, TASK, 5);
    Sink.insert(one, 1);
    assertThatThrownBy(() -> FencedJdbc.guard(one, TASK, 4))
        .isInstanceOfSatisfying(
            FencedException.class,
            e -> {
              assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED);
              assertThat(e.epoch()).isEqualTo(4);
              assertThat(e.expected()).isEqualTo(5);
            });
    one.commit();
    assertThatThrownBy(() -> FencedJdbc.claim(one, TASK, 4)).isInstanceOf(FencedException.class);
    assertThat(sink()).isEmpty();
    FencedJdbc.guard(two, TASK, 5).close();
  }

  @Test
  void fencedOwnerLeavesNoLockBehind() throws SQLException {
    FencedJdbc.claim(two, TASK, 5);
    assertThatThrownBy(() -> FencedJdbc.claim(one, TASK, 4)).isInstanceOf(FencedException.class);
    assertThatThrownBy(() -> FencedJdbc.guard(one, TASK, 4)).isInstanceOf(FencedException.class);
    FencedJdbc.claim(two, TASK, 6);
    try (FencedTransaction tx = FencedJdbc.guard(two, TASK, 6)) {
      tx.commit(1);
    }
  }

  @Test
  void claimOutlivesRollbackOfItsFirstGuard() throws SQLException {
    FencedJdbc.claim(one, TASK, 4);
    FencedJdbc.claim(two, TASK, 5);
    FencedJdbc.guard(two, TASK, 5).close();
    assertThatThrownBy(() -> FencedJdbc.guard(one, TASK, 4)).isInstanceOf(FencedException.class);
  }

  @Test
  void guardWithoutClaimIsRefused() throws SQLException {
    assertThatThrownBy(() -> FencedJdbc.guard(one, TASK, 4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("claim before the first guard");
    FencedJdbc.claim(one, TASK, 4);
    assertThatThrownBy(() -> FencedJdbc.guard(two, TASK, 5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("epoch 5");
    FencedJdbc.guard(one, TASK, 4).close();
  }

  @Test
  void claimingAgainWithTheSameEpochKeepsThePosition() throws SQLException {
    FencedJdbc.claim(one, TASK, 4);
    try (FencedTransaction tx = FencedJdbc.guard(one, TASK, 4)) {
      tx.commit(7);
    }
    assertThat(FencedJdbc.claim(two, TASK, 4).offset()).hasValue(7);
  }

  @AtEachIsolation
  void claimWaitsForOpenTransactionAndReadsItsPosition(int isolation) throws Exception {
    Connection zombie = connection(isolation);
    Connection heir = connection(isolation);
    FencedJdbc.claim(zombie, TASK, 4);
    Future<JdbcPosition> claim;
    try (FencedTransaction tx = FencedJdbc.guard(zombie, TASK, 4)) {
      Sink.insert(zombie, 1);
      claim = threads.submit(() -> FencedJdbc.claim(heir, TASK, 5));
      awaitBlocked(1);
      assertThat(claim.isDone()).isFalse();
      tx.commit(1);
    }
    assertThat(claim.get(SECONDS_MAX, SECONDS).offset()).hasValue(1);
    assertThatThrownBy(() -> FencedJdbc.guard(zombie, TASK, 4)).isInstanceOf(FencedException.class);
    try (FencedTransaction tx = FencedJdbc.guard(heir, TASK, 5)) {
      assertThat(tx.position()).hasValue(1);
    }
  }

  @AtEachIsolation
  void transactionWithOldSnapshotCannotPassTheFence(int isolation) throws Exception {
    Connection zombie = connection(isolation);
    FencedJdbc.claim(zombie, TASK, 4);
    assertThat(Sink.ids(zombie)).isEmpty();
    FencedJdbc.claim(two, TASK, 5);
    try (FencedTransaction tx = FencedJdbc.guard(two, TASK, 5)) {
      Sink.insert(two, 1);
      tx.commit(1);
    }
    assertThatThrownBy(() -> FencedJdbc.guard(zombie, TASK, 4))
        .isInstanceOfAny(FencedException.class, SQLException.class);
    assertThatThrownBy(() -> FencedJdbc.guard(zombie, TASK, 4)).isInstanceOf(FencedException.class);
  }

  @AtEachIsolation
  void firstClaimsAtOnceLeaveTheNewest(int isolation) throws Exception {
    int owners = 4;
    CyclicBarrier start = new CyclicBarrier(owners);
    List<Future<Boolean>> claims = new ArrayList<>();
    for (long epoch = 1; epoch <= owners; epoch++) {
      Connection connection = connection(isolation);
      long own = epoch;
      Callable<Boolean> claim =
          () -> {
            start.await(SECONDS_MAX, SECONDS);
            try {
              FencedJdbc.claim(connection, TASK, own);
              return true;
            } catch (FencedException e) {
              return false;
            }
          };
      claims.add(threads.submit(claim));
    }
    for (int i = 0; i < owners; i++) {
      boolean claimed = claims.get(i).get(SECONDS_MAX, SECONDS);
      assertThat(claimed || i < owners - 1).as("the newest claims").isTrue();
    }
    FencedJdbc.guard(one, TASK, owners).close();
    assertThatThrownBy(() -> FencedJdbc.guard(one, TASK, owners - 1))
        .isInstanceOf(FencedException.class);
  }

  @Test
  void transactionEndedPastTheFenceIsNoticed() throws SQLException {
    FencedJdbc.claim(one, TASK, 4);
    try (FencedTransaction tx = FencedJdbc.guard(one, TASK, 4)) {
      Sink.insert(one, 1);
      one.rollback();
      assertThatThrownBy(() -> tx.commit(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("between guard and commit");
    }
    try (FencedTransaction tx = FencedJdbc.guard(one, TASK, 4)) {
      assertThat(tx.position()).isEmpty();
      one.rollback();
      FencedJdbc.claim(two, TASK, 5);
      Sink.insert(one, 1);
      assertThatThrownBy(() -> tx.commit(1)).isInstanceOf(FencedException.class);
    }
    assertThat(sink()).isEmpty();
  }

  @Test
  void transactionIsCommittedOnce() throws SQLException {
    FencedJdbc.claim(one, TASK, 4);
    try (FencedTransaction tx = FencedJdbc.guard(one, TASK, 4)) {
      tx.commit(1);
      assertThatThrownBy(() -> tx.commit(2)).isInstanceOf(IllegalStateException.class);
    }
    assertThat(FencedJdbc.claim(one, TASK, 4).offset()).hasValue(1);
  }

  @Test
  void sameEpochOfAnotherTaskHasItsOwnRow() throws SQLException {
    TaskName other = TaskName.of("COPY");
    TaskName elsewhere = new TaskName("tests", "copy");
    for (TaskName task : List.of(TASK, other, elsewhere)) {
      assertThat(FencedJdbc.claim(one, task, 4)).isEqualTo(new JdbcPosition.Start());
    }
    FencedJdbc.claim(one, other, 9);
    try (FencedTransaction tx = FencedJdbc.guard(two, elsewhere, 4);
        FencedTransaction at = FencedJdbc.guard(one, TASK, 4)) {
      tx.commit(3);
      at.commit(2);
    }
    assertThat(FencedJdbc.claim(one, TASK, 4).offset()).hasValue(2);
    assertThat(FencedJdbc.claim(one, other, 9).offset()).isEmpty();
  }

  @Test
  void positionMayBeBytesUpToALimit() throws SQLException {
    Bytes largest = Bytes.utf8("é".repeat(FenceTable.POSITION_BYTES_MAX / 2));
    FencedJdbc.claim(one, TASK, 4);
    try (FencedTransaction tx = FencedJdbc.guard(one, TASK, 4)) {
      assertThatThrownBy(() -> tx.commit(Bytes.of(new byte[FenceTable.POSITION_BYTES_MAX + 1])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("position of 2049 bytes, at most 2048");
      tx.commit(largest);
    }
    try (FencedTransaction tx = FencedJdbc.guard(one, TASK, 4)) {
      assertThat(tx.stored()).isEqualTo(new JdbcPosition.Marker(largest));
      assertThatThrownBy(tx::position).isInstanceOf(IllegalStateException.class);
      tx.commit(Bytes.empty());
    }
    assertThat(FencedJdbc.claim(one, TASK, 4)).isEqualTo(new JdbcPosition.Marker(Bytes.empty()));
  }

  @Test
  void autoCommitIsRefused() throws SQLException {
    one.setAutoCommit(true);
    assertThatThrownBy(() -> FencedJdbc.claim(one, TASK, 4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("setAutoCommit(false)");
    assertThatThrownBy(() -> FencedJdbc.guard(one, TASK, 4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("setAutoCommit(false)");
  }

  @Test
  void missingTableSaysHowToCreateIt() throws SQLException {
    FenceTable table = FencedJdbc.table("fence_of_mine");
    assertThatThrownBy(() -> table.claim(one, TASK, 4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("createTable")
        .hasMessageContaining(table.ddl());
    assertThatThrownBy(() -> table.guard(one, TASK, 4)).isInstanceOf(IllegalStateException.class);
    table.create(one);
    table.create(one);
    assertThat(table.claim(one, TASK, 4)).isEqualTo(new JdbcPosition.Start());
    drop(table);
  }

  @Test
  void tablesCreatedAtOnceAreOne() throws Exception {
    FenceTable table = FencedJdbc.table("fence_of_all");
    List<Future<Optional<Void>>> creations = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Connection connection = readCommitted();
      creations.add(
          threads.submit(
              () -> {
                table.create(connection);
                return Optional.empty();
              }));
    }
    for (Future<Optional<Void>> creation : creations) {
      creation.get(SECONDS_MAX, SECONDS);
    }
    assertThat(table.claim(one, TASK, 4)).isEqualTo(new JdbcPosition.Start());
    drop(table);
  }

  /** Owners that begin while the one before still works: each number is copied once. */
  @Test
  void everyRowIsCopiedOnceByOwnersThatOverlapAndBreakOff() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println(getClass().getSimpleName() + ": -Dseed=" + seed);
    long rows = 400;
    List<Future<Integer>> owners = new ArrayList<>();
    OverlappingOwner owner =
        new OverlappingOwner(readCommitted(), 1, rows, new Random(seed), new CountDownLatch(0));
    for (int i = 0; i < 6; i++) {
      OverlappingOwner heir = owner.heir(readCommitted());
      owners.add(threads.submit(owner));
      owner = heir;
    }
    int commits = 0;
    for (Future<Integer> ended : owners) {
      try {
        commits += ended.get(SECONDS_MAX, SECONDS);
      } catch (ExecutionException e) {
        throw new AssertionError("-Dseed=" + seed, e.getCause());
      }
    }
    assertThat(commits).as("-Dseed=" + seed).isGreaterThan(30);
    assertThat(sink())
        .as("-Dseed=" + seed)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, rows).boxed().toList());
  }

  private void drop(FenceTable table) throws SQLException {
    try (Statement statement = one.createStatement()) {
      statement.execute("DROP TABLE " + table.name());
    }
    one.commit();
  }

  private void awaitBlocked(int sessions) throws SQLException {
    Connection observer = connect();
    connections.add(observer);
    await().atMost(SECONDS_MAX, SECONDS).until(() -> blockedSessions(observer) == sessions);
  }

  private Connection readCommitted() throws SQLException {
    return connection(Connection.TRANSACTION_READ_COMMITTED);
  }

  private Connection connection(int isolation) throws SQLException {
    Connection connection = connect();
    connections.add(connection);
    connection.setTransactionIsolation(isolation);
    connection.setAutoCommit(false);
    return connection;
  }

  private List<Long> sink() throws SQLException {
    try (Connection connection = connect()) {
      return Sink.ids(connection);
    }
  }
}
