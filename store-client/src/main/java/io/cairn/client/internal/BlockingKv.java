package io.cairn.client.internal;

import io.cairn.client.AsyncKv;
import io.cairn.client.Bytes;
import io.cairn.client.CasResult;
import io.cairn.client.DeleteOp;
import io.cairn.client.DeleteResult;
import io.cairn.client.Kv;
import io.cairn.client.PutOp;
import io.cairn.client.PutResult;
import io.cairn.client.RangeOp;
import io.cairn.client.RangeResult;
import io.cairn.client.ReadMode;
import io.cairn.client.Txn;
import io.cairn.client.TxnResult;
import io.cairn.client.Watch;
import io.cairn.client.WatchCursor;
import io.cairn.client.WatchListener;
import io.cairn.client.WatchOp;
import java.util.Optional;

/** The blocking face of {@link KvCalls}, and watches. Any thread but the loop. */
final class BlockingKv implements Kv {
  private final Requests requests;
  private final KvCalls calls;
  private final Callbacks callbacks;

  BlockingKv(Requests requests, Callbacks callbacks) {
    this.requests = requests;
    this.calls = new KvCalls(requests);
    this.callbacks = callbacks;
  }

  @Override
  public AsyncKv async() {
    return calls;
  }

  @Override
  public PutResult put(PutOp put) {
    return requests.await(calls.put(put));
  }

  @Override
  public DeleteResult delete(DeleteOp delete) {
    return requests.await(calls.delete(delete));
  }

  @Override
  public RangeResult range(RangeOp range, ReadMode mode) {
    return requests.await(calls.range(range, mode));
  }

  @Override
  public TxnResult txn(Txn txn) {
    return requests.await(calls.txn(txn));
  }

  @Override
  public CasResult cas(Bytes key, long expectedModRevision, Bytes value) {
    return requests.await(calls.cas(key, expectedModRevision, value));
  }

  @Override
  public CasResult cas(Bytes key, Optional<Bytes> expected, Bytes value) {
    return requests.await(calls.cas(key, expected, value));
  }

  @Override
  public void compact(long revision) {
    requests.await(calls.compact(revision));
  }

  @Override
  public Watch watch(WatchOp watch, WatchListener listener) {
    Checked.keys(watch.keys());
    ListenedWatch listened = new ListenedWatch(listener, callbacks);
    listened.start(new StandingWatch(watch, requests, listened));
    return listened;
  }

  @Override
  public WatchCursor watch(WatchOp watch) {
    Checked.keys(watch.keys());
    TakenWatch taken = new TakenWatch();
    taken.start(new StandingWatch(watch, requests, taken));
    return taken;
  }
}
