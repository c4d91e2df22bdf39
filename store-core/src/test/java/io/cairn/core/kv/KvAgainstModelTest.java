package io.cairn.core.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.View;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.DeleteRangeRequest;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.RangeRequest;
import io.cairn.protocol.v1.TxnRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random commands and reads, each answer and event compared with the model's. */
class KvAgainstModelTest {
  private static final int COMMANDS = 100_000;

  private final long seed = Long.getLong("seed", 7);
  private final Random random = new Random(seed);
  private final RandomRequests requests = new RandomRequests(random);
  private final KvModel model = new KvModel();
  private int refused;

  @TempDir Path folder;

  @Test
  void randomCommandsDoWhatTheModelDoes() {
    System.out.println("-Dseed=" + seed);
    int step = 0;
    try (KvStore store = new KvStore(folder)) {
      int cut = 1;
      for (; step < COMMANDS; step++) {
        command(store);
        assertThat(store.revision()).isEqualTo(model.revision);
        compareRange(store.batch());
        if (--cut == 0) {
          store.commit();
          cut = 1 + random.nextInt(16);
          try (View view = store.view()) {
            compareRange(view);
            compareHistory(view);
          }
        }
        if (step % 1_000 == 999) {
          store.commit();
          store.flush();
          KvInvariants.check(store, model);
        }
      }
      store.compact(model.revision);
      model.compact(model.revision);
      store.compactAll();
      store.commit();
      KvInvariants.check(store, model);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("-Dseed=" + seed + ", command " + step, e);
    }
    assertThat(refused).as("refused, -Dseed=" + seed).isBetween(COMMANDS / 100, COMMANDS / 2);
  }

  private void command(KvStore store) {
    int kind = random.nextInt(100);
    if (kind < 45) {
      PutRequest put = requests.put();
      compare(store, put, () -> store.put(put), () -> model.put(put));
    } else if (kind < 60) {
      DeleteRangeRequest delete = requests.delete();
      compare(store, delete, () -> store.delete(delete), () -> model.delete(delete));
    } else if (kind < 88) {
      TxnRequest txn = requests.txn(3, low(), model.revision);
      compare(store, txn, () -> store.txn(txn), () -> model.txn(txn));
    } else if (kind < 93) {
      long lease = requests.lease();
      if (model.leases.add(lease)) {
        store.grant(lease);
      }
    } else if (kind < 95) {
      endLeases(store);
    } else if (kind < 98) {
      store.compactStep(1 + random.nextInt(300));
    } else {
      long to = requests.revision(low(), model.revision);
      compare(store, to, () -> compact(store, to), () -> compact(to));
    }
  }

  private void endLeases(KvStore store) {
    Set<Long> ids = new TreeSet<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      ids.add(requests.lease());
    }
    ids.retainAll(model.leases);
    compare(
        store,
        ids,
        () -> {
          store.endLeases(List.copyOf(ids));
          return true;
        },
        () -> {
          ids.forEach(model::endLease);
          return true;
        });
  }

  private static boolean compact(KvStore store, long to) {
    store.compact(to);
    return true;
  }

  private boolean compact(long to) {
    model.compact(to);
    return true;
  }

  private void compare(
      KvStore store, Object request, Supplier<Object> real, Supplier<Object> expected) {
    model.begin();
    Object answer = answer(expected);
    List<Event> events =
        answer instanceof String
            ? List.of()
            : model.end().stream().map(event -> event.toBuilder().clearPrevKv().build()).toList();
    Object got = answer(real);
    if (answer instanceof String) {
      refused++;
    }
    if (!got.equals(answer) || !store.events().equals(events)) {
      assertThat(got).as("answer to %s", request).isEqualTo(answer);
      assertThat(store.events()).as("events of %s", request).isEqualTo(events);
    }
  }

  private void compareRange(ReadView view) {
    RangeRequest request = requests.range(low(), model.revision);
    int bytesMax = random.nextInt(4) == 0 ? random.nextInt(200) : Limits.ANSWER_BYTES_MAX;
    model.begin();
    Object expected = answer(() -> model.range(request, bytesMax));
    Object got = answer(() -> KvReads.range(view, request, bytesMax));
    if (!got.equals(expected)) {
      assertThat(got).as("answer to %s, %s bytes", request, bytesMax).isEqualTo(expected);
    }
  }

  private void compareHistory(ReadView view) {
    long from = Math.max(1, requests.revision(low(), model.revision));
    long to = from + random.nextInt(200);
    KeyRange range = new KeyRange(requests.key(), requests.rangeEnd());
    Object expected = answer(() -> expectedHistory(from, to, range));
    Object got = answer(() -> pages(view, from, to, range));
    if (!got.equals(expected)) {
      assertThat(got).as("history of %s from %s to %s", range, from, to).isEqualTo(expected);
    }
  }

  private List<Event> expectedHistory(long from, long to, KeyRange range) {
    if (from < model.compacted) {
      throw new Refusal(ErrorCode.COMPACTED, "model");
    }
    List<Event> expected = new ArrayList<>();
    model
        .changes
        .subMap(from, to + 1)
        .forEach(
            (revision, events) -> {
              for (Event event : events) {
                ByteString key = event.getKv().getKey();
                if (KvModel.in(key, range.key(), range.rangeEnd())) {
                  expected.add(
                      revision == model.compacted
                          ? event.toBuilder().clearPrevKv().build()
                          : event);
                }
              }
            });
    return expected;
  }

  /** Reads a window page by page; no revision may be in two of them. */
  private List<Event> pages(ReadView view, long from, long to, KeyRange range) {
    List<Event> events = new ArrayList<>();
    Set<Long> revisions = new HashSet<>();
    long next = from;
    while (next <= Math.min(to, model.revision)) {
      EventPage page =
          KvReads.history(
              view,
              new HistoryWindow(
                  next, to, range, 1 + random.nextInt(50), 1 + random.nextInt(5_000)));
      Set<Long> pageRevisions = new HashSet<>();
      page.events().forEach(event -> pageRevisions.add(event.getKv().getModRevision()));
      assertThat(revisions.stream().anyMatch(pageRevisions::contains)).isFalse();
      revisions.addAll(pageRevisions);
      assertThat(page.nextRevision()).isGreaterThan(next);
      next = page.nextRevision();
      events.addAll(page.events());
    }
    if (from > Math.min(to, model.revision)) {
      EventPage page = KvReads.history(view, new HistoryWindow(from, to, range, 1, 1));
      assertThat(page.events()).isEmpty();
      assertThat(page.nextRevision()).isEqualTo(from);
    }
    return events;
  }

  /** The answer, or the code of the refusal. */
  private static Object answer(Supplier<Object> command) {
    try {
      return command.get();
    } catch (Refusal refusal) {
      return refusal.code().name();
    }
  }

  private long low() {
    return Math.max(1, model.compacted);
  }
}
