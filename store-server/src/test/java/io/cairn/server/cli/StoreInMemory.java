package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.CasResult;
import io.cairn.client.DeleteOp;
import io.cairn.client.DeleteResult;
import io.cairn.client.KeyRange;
import io.cairn.client.KeyValue;
import io.cairn.client.Kv;
import io.cairn.client.PutOp;
import io.cairn.client.PutResult;
import io.cairn.client.RangeOp;
import io.cairn.client.RangeResult;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Keys in a map behind the client's interface, as far as the commands under test need it. */
final class StoreInMemory {
  private final TreeMap<Bytes, KeyValue> keys = new TreeMap<>();
  private final int pageRows;
  private long revision = 1;

  /** An empty store that answers at most {@code pageRows} rows at a time. */
  StoreInMemory(int pageRows) {
    this.pageRows = pageRows;
  }

  /** A client of it. */
  Cairn client() {
    Kv kv = proxy(Kv.class, (self, method, given) -> call(method.getName(), given));
    return proxy(
        Cairn.class,
        (self, method, given) -> {
          return switch (method.getName()) {
            case "kv" -> kv;
            case "close" -> null;
            default -> throw new UnsupportedOperationException(method.getName());
          };
        });
  }

  /** A client all of whose calls fail with {@code failure}. */
  static Cairn failing(Throwable failure) {
    return proxy(
        Cairn.class,
        (self, method, given) -> {
          if (method.getReturnType() == void.class) {
            return null;
          }
          return proxy(
              method.getReturnType(),
              (inner, call, arguments) -> {
                throw failure;
              });
        });
  }

  /** A {@code type} all of whose calls go to {@code handler}. */
  static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            StoreInMemory.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @SuppressWarnings("unchecked")
  private Object call(String name, Object... given) {
    return switch (name) {
      case "put" -> put((PutOp) given[0]);
      case "delete" -> delete((DeleteOp) given[0]);
      case "range" -> range((RangeOp) given[0]);
      case "cas" ->
          given[1] instanceof Long mod
              ? cas((Bytes) given[0], mod, (Bytes) given[2])
              : cas((Bytes) given[0], (Optional<Bytes>) given[1], (Bytes) given[2]);
      default -> throw new UnsupportedOperationException(name);
    };
  }

  private PutResult put(PutOp put) {
    revision++;
    Optional<KeyValue> old = Optional.ofNullable(keys.get(put.key()));
    keys.put(
        put.key(),
        new KeyValue(
            put.key(),
            put.value(),
            old.map(KeyValue::createRevision).orElse(revision),
            revision,
            old.map(KeyValue::version).orElse(0L) + 1,
            put.lease()));
    return new PutResult(revision, put.previous() ? old : Optional.empty());
  }

  private List<KeyValue> in(KeyRange range) {
    if (range.isSingle()) {
      return Optional.ofNullable(keys.get(range.from())).stream().toList();
    }
    boolean open = range.end().equals(KeyRange.all().end());
    return List.copyOf(
        (open ? keys.tailMap(range.from()) : keys.subMap(range.from(), range.end())).values());
  }

  private DeleteResult delete(DeleteOp delete) {
    List<KeyValue> found = in(delete.keys());
    revision += found.isEmpty() ? 0 : 1;
    found.forEach(row -> keys.remove(row.key()));
    return new DeleteResult(revision, found.size(), delete.previous() ? found : List.of());
  }

  private RangeResult range(RangeOp range) {
    List<KeyValue> found = in(range.keys());
    if (range.content() == RangeOp.Content.COUNT) {
      return new RangeResult(revision, 7, List.of(), found.size(), false);
    }
    long most = range.limit() == 0 ? pageRows : Math.min(range.limit(), pageRows);
    List<KeyValue> page = new ArrayList<>(found.stream().limit(most).toList());
    return new RangeResult(revision, 7, page, found.size(), page.size() < found.size());
  }

  private CasResult cas(Bytes key, long mod, Bytes value) {
    KeyValue now = keys.get(key);
    if ((now == null ? 0 : now.modRevision()) != mod) {
      return new CasResult(false, revision, Optional.ofNullable(now));
    }
    return new CasResult(true, put(PutOp.of(key, value)).revision(), Optional.empty());
  }

  private CasResult cas(Bytes key, Optional<Bytes> expected, Bytes value) {
    KeyValue now = keys.get(key);
    if (!Optional.ofNullable(now).map(KeyValue::value).equals(expected)) {
      return new CasResult(false, revision, Optional.ofNullable(now));
    }
    return new CasResult(true, put(PutOp.of(key, value)).revision(), Optional.empty());
  }
}
