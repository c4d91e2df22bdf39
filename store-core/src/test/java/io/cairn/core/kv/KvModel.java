package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Compare;
import io.cairn.protocol.v1.DeleteRangeRequest;
import io.cairn.protocol.v1.DeleteRangeResponse;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.KeyValue;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.PutResponse;
import io.cairn.protocol.v1.RangeRequest;
import io.cairn.protocol.v1.RangeRequest.SortOrder;
import io.cairn.protocol.v1.RangeRequest.SortTarget;
import io.cairn.protocol.v1.RangeResponse;
import io.cairn.protocol.v1.RequestOp;
import io.cairn.protocol.v1.ResponseOp;
import io.cairn.protocol.v1.TxnRequest;
import io.cairn.protocol.v1.TxnResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The keyspace as plain as it can be: a whole map for each revision that is kept. */
final class KvModel {
  private static final Comparator<ByteString> ORDER =
      ByteString.unsignedLexicographicalComparator();

  final Set<Long> leases = new TreeSet<>();
  final TreeMap<Long, TreeMap<ByteString, KeyValue>> states = new TreeMap<>();
  final TreeMap<Long, List<Event>> changes = new TreeMap<>();
  long revision = 1;
  long compacted;
  private TreeMap<ByteString, KeyValue> now = new TreeMap<>(ORDER);
  private List<Event> events = new ArrayList<>();

  KvModel() {
    states.put(1L, now);
  }

  /** Starts a command. */
  void begin() {
    now = new TreeMap<>(states.lastEntry().getValue());
    events = new ArrayList<>();
  }

  /** Ends a command, and returns its events. */
  List<Event> end() {
    if (!events.isEmpty()) {
      revision++;
      states.put(revision, now);
      changes.put(revision, events);
    }
    return events;
  }

  PutResponse put(PutRequest request) {
    checkForm(request);
    checkState(request);
    KeyValue before = now.get(request.getKey());
    long next = revision + 1;
    KeyValue after =
        KeyValue.newBuilder()
            .setKey(request.getKey())
            .setModRevision(next)
            .setCreateRevision(before == null ? next : before.getCreateRevision())
            .setVersion(before == null ? 1 : before.getVersion() + 1)
            .setValue(request.getIgnoreValue() ? before.getValue() : request.getValue())
            .setLease(request.getIgnoreLease() ? before.getLease() : request.getLease())
            .build();
    now.put(request.getKey(), after);
    Event.Builder event = Event.newBuilder().setKv(after);
    PutResponse.Builder response = PutResponse.newBuilder();
    if (before != null) {
      event.setPrevKv(before);
      if (request.getPrevKv()) {
        response.setPrevKv(before);
      }
    }
    events.add(event.build());
    return response.build();
  }

  DeleteRangeResponse delete(DeleteRangeRequest request) {
    refuseIf(request.getKey().isEmpty(), ErrorCode.INVALID_ARGUMENT);
    DeleteRangeResponse.Builder response = DeleteRangeResponse.newBuilder();
    for (ByteString key : List.copyOf(now.keySet())) {
      if (in(key, request.getKey(), request.getRangeEnd())) {
        KeyValue before = remove(key);
        response.setDeleted(response.getDeleted() + 1);
        if (request.getPrevKv()) {
          response.addPrevKvs(before);
        }
      }
    }
    return response.build();
  }

  void endLease(long lease) {
    refuseIf(!leases.remove(lease), ErrorCode.LEASE_NOT_FOUND);
    for (KeyValue kv : List.copyOf(now.values())) {
      if (kv.getLease() == lease) {
        remove(kv.getKey());
      }
    }
  }

  void compact(long to) {
    refuseIf(to <= compacted, ErrorCode.COMPACTED);
    refuseIf(to > revision, ErrorCode.FUTURE_REVISION);
    compacted = to;
    states.headMap(to).clear();
    changes.headMap(to).clear();
  }

  TxnResponse txn(TxnRequest request) {
    checkForm(request, Limits.TXN_OPS_MAX);
    refuseIf(doubled(request.getSuccessList()), ErrorCode.DUPLICATE_KEY);
    refuseIf(doubled(request.getFailureList()), ErrorCode.DUPLICATE_KEY);
    TreeMap<ByteString, KeyValue> before = new TreeMap<>(now);
    checkState(request);
    return run(request, before);
  }

  RangeResponse range(RangeRequest request, long bytesMax) {
    refuseIf(request.getKey().isEmpty(), ErrorCode.INVALID_ARGUMENT);
    checkRevision(request);
    Map<ByteString, KeyValue> state = now;
    if (request.getRevision() > 0) {
      state = states.get(request.getRevision());
    }
    List<KeyValue> found = new ArrayList<>();
    for (KeyValue kv : state.values()) {
      if (in(kv.getKey(), request.getKey(), request.getRangeEnd())) {
        found.add(kv);
      }
    }
    RangeResponse.Builder response = RangeResponse.newBuilder().setCount(found.size());
    if (request.getCountOnly()) {
      return response.build();
    }
    found.removeIf(
        kv ->
            outside(kv.getModRevision(), request.getMinModRevision(), request.getMaxModRevision())
                || outside(
                    kv.getCreateRevision(),
                    request.getMinCreateRevision(),
                    request.getMaxCreateRevision()));
    Comparator<KeyValue> target = target(request.getSortTarget());
    // List.sort is stable: equal ones stay in the order of keys.
    found.sort(request.getSortOrder() == SortOrder.DESCEND ? target.reversed() : target);
    long bytes = 0;
    for (KeyValue kv : found) {
      KeyValue bare = request.getKeysOnly() ? kv.toBuilder().clearValue().build() : kv;
      KeyValue held = request.getSortTarget() == SortTarget.VALUE ? kv : bare;
      bytes += held.getSerializedSize() + 5;
      boolean full = request.getLimit() > 0 && response.getKvsCount() == request.getLimit();
      if (full || bytes > bytesMax) {
        return response.setMore(true).build();
      }
      response.addKvs(bare);
    }
    return response.build();
  }

  static boolean in(ByteString key, ByteString from, ByteString to) {
    if (to.isEmpty()) {
      return key.equals(from);
    }
    boolean toEnd = to.size() == 1 && to.byteAt(0) == 0;
    return ORDER.compare(from, key) <= 0 && (toEnd || ORDER.compare(key, to) < 0);
  }

  private KeyValue remove(ByteString key) {
    KeyValue before = now.remove(key);
    events.add(
        Event.newBuilder()
            .setType(Event.Type.DELETE)
            .setKv(KeyValue.newBuilder().setKey(key).setModRevision(revision + 1))
            .setPrevKv(before)
            .build());
    return before;
  }

  private TxnResponse run(TxnRequest request, Map<ByteString, KeyValue> before) {
    boolean succeeded = holds(request, before);
    TxnResponse.Builder response = TxnResponse.newBuilder().setSucceeded(succeeded);
    for (RequestOp op : succeeded ? request.getSuccessList() : request.getFailureList()) {
      ResponseOp.Builder answer = response.addResponsesBuilder();
      if (op.hasPut()) {
        answer.setPut(put(op.getPut()));
      } else if (op.hasDeleteRange()) {
        answer.setDeleteRange(delete(op.getDeleteRange()));
      } else if (op.hasRange()) {
        answer.setRange(range(op.getRange(), Limits.ANSWER_BYTES_MAX));
      } else {
        answer.setTxn(run(op.getTxn(), before));
      }
    }
    return response.build();
  }

  private static boolean holds(TxnRequest request, Map<ByteString, KeyValue> before) {
    for (Compare compare : request.getCompareList()) {
      List<KeyValue> found = new ArrayList<>();
      for (KeyValue kv : before.values()) {
        if (in(kv.getKey(), compare.getKey(), compare.getRangeEnd())) {
          found.add(kv);
        }
      }
      if (found.isEmpty()) {
        if (compare.getTarget() == Compare.Target.VALUE) {
          return false;
        }
        found.add(KeyValue.getDefaultInstance());
      }
      if (!found.stream().allMatch(kv -> holds(compare, kv))) {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(Compare compare, KeyValue kv) {
    int order =
        switch (compare.getTarget()) {
          case VERSION -> Long.compare(kv.getVersion(), compare.getVersion());
          case CREATE -> Long.compare(kv.getCreateRevision(), compare.getCreateRevision());
          case MOD -> Long.compare(kv.getModRevision(), compare.getModRevision());
          case LEASE -> Long.compare(kv.getLease(), compare.getLease());
          default -> ORDER.compare(kv.getValue(), compare.getValue());
        };
    return switch (compare.getResult()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      default -> order < 0;
    };
  }

  private static void checkForm(TxnRequest request, int opsMax) {
    int ops = Math.max(request.getCompareCount(), request.getSuccessCount());
    ops = Math.max(ops, request.getFailureCount());
    refuseIf(ops > opsMax, ErrorCode.INVALID_ARGUMENT);
    for (RequestOp op : all(request)) {
      refuseIf(op.equals(RequestOp.getDefaultInstance()), ErrorCode.INVALID_ARGUMENT);
      if (op.hasPut()) {
        checkForm(op.getPut());
      }
      if (op.hasTxn()) {
        checkForm(op.getTxn(), opsMax - ops);
      }
    }
  }

  private static void checkForm(PutRequest put) {
    refuseIf(put.getKey().isEmpty(), ErrorCode.INVALID_ARGUMENT);
    refuseIf(put.getIgnoreValue() && !put.getValue().isEmpty(), ErrorCode.INVALID_ARGUMENT);
    refuseIf(put.getIgnoreLease() && put.getLease() != 0, ErrorCode.INVALID_ARGUMENT);
  }

  private void checkState(PutRequest put) {
    refuseIf(put.getLease() != 0 && !leases.contains(put.getLease()), ErrorCode.LEASE_NOT_FOUND);
    boolean keeps = put.getIgnoreValue() || put.getIgnoreLease();
    refuseIf(keeps && !now.containsKey(put.getKey()), ErrorCode.KEY_NOT_FOUND);
  }

  private void checkState(TxnRequest request) {
    for (RequestOp op : holds(request, now) ? request.getSuccessList() : request.getFailureList()) {
      if (op.hasPut()) {
        checkState(op.getPut());
      } else if (op.hasRange()) {
        checkRevision(op.getRange());
      } else if (op.hasTxn()) {
        checkState(op.getTxn());
      }
    }
  }

  private void checkRevision(RangeRequest request) {
    long asked = request.getRevision();
    refuseIf(asked > revision, ErrorCode.FUTURE_REVISION);
    refuseIf(asked > 0 && asked < compacted, ErrorCode.COMPACTED);
  }

  /** True if two of the operations may change one key, at least one of them by a put. */
  private static boolean doubled(List<RequestOp> ops) {
    for (RequestOp op : ops) {
      if (op.hasTxn()
          && (doubled(op.getTxn().getSuccessList()) || doubled(op.getTxn().getFailureList()))) {
        return true;
      }
    }
    for (int i = 0; i < ops.size(); i++) {
      for (int j = 0; j < ops.size(); j++) {
        Set<ByteString> other = new HashSet<>(puts(ops.get(j)));
        for (ByteString key : i == j ? Set.<ByteString>of() : puts(ops.get(i))) {
          if (other.contains(key)
              || deletes(ops.get(j)).stream().anyMatch(d -> in(key, d.getKey(), d.getRangeEnd()))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static List<ByteString> puts(RequestOp op) {
    List<ByteString> keys = new ArrayList<>();
    if (op.hasPut()) {
      keys.add(op.getPut().getKey());
    }
    all(op.getTxn()).forEach(child -> keys.addAll(puts(child)));
    return keys;
  }

  private static List<DeleteRangeRequest> deletes(RequestOp op) {
    List<DeleteRangeRequest> found = new ArrayList<>();
    if (op.hasDeleteRange()) {
      found.add(op.getDeleteRange());
    }
    all(op.getTxn()).forEach(child -> found.addAll(deletes(child)));
    return found;
  }

  private static List<RequestOp> all(TxnRequest request) {
    List<RequestOp> ops = new ArrayList<>(request.getSuccessList());
    ops.addAll(request.getFailureList());
    return ops;
  }

  private static boolean outside(long revision, long min, long max) {
    return (min != 0 && revision < min) || (max != 0 && revision > max);
  }

  private static Comparator<KeyValue> target(SortTarget target) {
    return switch (target) {
      case VERSION -> Comparator.comparing(KeyValue::getVersion);
      case CREATE -> Comparator.comparing(KeyValue::getCreateRevision);
      case MOD -> Comparator.comparing(KeyValue::getModRevision);
      case VALUE -> Comparator.comparing(KeyValue::getValue, ORDER);
      default -> Comparator.comparing(KeyValue::getKey, ORDER);
    };
  }

  private static void refuseIf(boolean refused, ErrorCode code) {
    if (refused) {
      throw new Refusal(code, "model");
    }
  }
}
