package io.cairn.core.kv;

import io.cairn.core.apply.Checks;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.KeyValue;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.PutResponse;
import io.cairn.protocol.v1.RangeResponse;
import io.cairn.protocol.v1.RequestOp;
import io.cairn.protocol.v1.ResponseOp;
import io.cairn.protocol.v1.TxnRequest;
import io.cairn.protocol.v1.TxnResponse;
import java.util.Iterator;

/**
 * One run of a transaction: chooses the branches, checks every operation on them, then runs them in
 * order. An operation sees the writes of those before it; nothing is refused once the first has
 * run. All its ranges share one answer's bytes.
 */
final class KvTxn {
  private final ReadView view;
  private final KvWrite write;
  private final KeyIntervals deleted = new KeyIntervals();
  private final ScanBudget budget = new ScanBudget();
  private long replacedBytes;
  private long answerBytes;

  KvTxn(ReadView view, KvWrite write) {
    this.view = view;
    this.write = write;
  }

  /** Checks and runs; every refusal comes before the first write. */
  TxnResponse run(TxnRequest request) {
    TxnRules.check(request);
    TxnBranch branch = TxnBranch.choose(view, request, budget);
    check(branch);
    Deletions.check(view, deleted);
    Checks.size("bytes of previous versions in an answer", answerBytes, Limits.ANSWER_BYTES_MAX);
    return execute(branch);
  }

  private void check(TxnBranch branch) {
    Iterator<TxnBranch> nested = branch.nested().iterator();
    for (RequestOp op : branch.ops()) {
      switch (op.getRequestCase()) {
        case RANGE -> {
          long asked = op.getRange().getRevision();
          KvRows.readRevision(view, asked);
          budget.charge(view, TxnRules.range(op.getRange()), asked > 0);
        }
        case PUT -> {
          PutRules.checkState(view, op.getPut());
          checkReplaced(op.getPut());
        }
        case DELETE_RANGE -> {
          budget.charge(view, TxnRules.range(op.getDeleteRange()), false);
          deleted.add(TxnRules.range(op.getDeleteRange()));
          answerBytes += Deletions.answerBytes(view, op.getDeleteRange());
        }
        case TXN -> check(nested.next());
        case REQUEST_NOT_SET -> throw new IllegalStateException("operation was not checked");
      }
    }
  }

  private TxnResponse execute(TxnBranch branch) {
    TxnResponse.Builder response = TxnResponse.newBuilder().setSucceeded(branch.succeeded());
    Iterator<TxnBranch> nested = branch.nested().iterator();
    for (RequestOp op : branch.ops()) {
      ResponseOp.Builder answer = ResponseOp.newBuilder();
      switch (op.getRequestCase()) {
        case RANGE -> {
          RangeResponse range =
              KvReads.range(
                  view, op.getRange(), Math.max(0, Limits.ANSWER_BYTES_MAX - answerBytes));
          answerBytes += range.getSerializedSize();
          answer.setRange(range);
        }
        case PUT -> answer.setPut(put(view, write, op.getPut()));
        case DELETE_RANGE -> answer.setDeleteRange(Deletions.run(view, write, op.getDeleteRange()));
        case TXN -> answer.setTxn(execute(nested.next()));
        case REQUEST_NOT_SET -> throw new IllegalStateException("operation was not checked");
      }
      response.addResponses(answer);
    }
    return response.build();
  }

  /** Runs a put that has been checked. */
  static PutResponse put(ReadView view, KvWrite write, PutRequest request) {
    PutResponse.Builder response = PutResponse.newBuilder();
    if (request.getPrevKv()) {
      KeyValue previous = KvRows.present(view, request.getKey());
      if (previous != null) {
        response.setPrevKv(previous);
      }
    }
    write.put(request);
    return response.build();
  }

  private void checkReplaced(PutRequest request) {
    byte[] row = view.get(ColumnFamily.KV_LATEST, request.getKey().toByteArray());
    if (row != null) {
      long bytes = KvRows.bytes(row);
      replacedBytes += bytes; // whoever watches with previous versions gets all of them at once
      answerBytes += request.getPrevKv() ? request.getKey().size() + bytes : 0;
      Checks.size("bytes of replaced versions", replacedBytes, Limits.DELETE_BYTES_MAX);
    }
  }
}
