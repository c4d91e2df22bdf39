package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import io.cairn.protocol.v1.Compare;
import io.cairn.protocol.v1.DeleteRangeRequest;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.RangeRequest;
import io.cairn.protocol.v1.RequestOp;
import io.cairn.protocol.v1.TxnRequest;
import java.util.Random;

/** Requests over few keys, many of them prefixes of one another, of the bytes that are special. */
final class RandomRequests {
  private static final byte[] ALPHABET = {0, 1, 'a', (byte) 0xFF};
  private static final int LEASES = 6;

  private final Random random;

  RandomRequests(Random random) {
    this.random = random;
  }

  ByteString key() {
    byte[] key = new byte[1 + random.nextInt(3)];
    for (int i = 0; i < key.length; i++) {
      key[i] = ALPHABET[random.nextInt(ALPHABET.length)];
    }
    return ByteString.copyFrom(key);
  }

  ByteString rangeEnd() {
    return switch (random.nextInt(4)) {
      case 0 -> ByteString.EMPTY;
      case 1 -> ByteString.copyFrom(new byte[1]);
      default -> key();
    };
  }

  /** A lease that may have been granted; now and then one that was not. */
  long lease() {
    return 1L + random.nextInt(LEASES);
  }

  PutRequest put() {
    PutRequest.Builder put = PutRequest.newBuilder().setKey(key()).setPrevKv(random.nextBoolean());
    if (random.nextInt(10) == 0) {
      put.setIgnoreValue(true);
    }
    if (!put.getIgnoreValue() || random.nextInt(20) == 0) {
      put.setValue(value());
    }
    if (random.nextInt(10) == 0) {
      put.setIgnoreLease(true);
    }
    if (random.nextInt(3) == 0 && (!put.getIgnoreLease() || random.nextInt(20) == 0)) {
      put.setLease(lease());
    }
    return put.build();
  }

  DeleteRangeRequest delete() {
    DeleteRangeRequest.Builder delete =
        DeleteRangeRequest.newBuilder().setKey(key()).setPrevKv(random.nextBoolean());
    if (random.nextInt(4) == 0) {
      // Mostly a narrow range, else nothing would ever grow.
      delete.setRangeEnd(
          random.nextInt(8) == 0
              ? rangeEnd()
              : delete.getKey().concat(ByteString.copyFrom(new byte[] {(byte) 0xFF})));
    }
    return delete.build();
  }

  /** A read; at a revision, if at all, around those from {@code low} to {@code high}. */
  RangeRequest range(long low, long high) {
    RangeRequest.Builder range = RangeRequest.newBuilder().setKey(key()).setRangeEnd(rangeEnd());
    if (random.nextInt(10) == 0) {
      range.setKey(ByteString.copyFrom(new byte[1])).setRangeEnd(range.getKey().substring(0, 1));
    }
    if (random.nextInt(4) == 0) {
      range.setRevision(revision(low, high));
    }
    if (random.nextInt(3) == 0) {
      range.setLimit(random.nextInt(8));
    }
    if (random.nextBoolean()) {
      range.setSortOrderValue(random.nextInt(3)).setSortTargetValue(random.nextInt(5));
    }
    range.setKeysOnly(random.nextInt(5) == 0).setCountOnly(random.nextInt(10) == 0);
    if (random.nextInt(4) == 0) {
      range.setMinModRevision(revision(low, high));
    }
    if (random.nextInt(4) == 0) {
      range.setMaxModRevision(revision(low, high));
    }
    if (random.nextInt(6) == 0) {
      range.setMinCreateRevision(revision(low, high));
    }
    if (random.nextInt(6) == 0) {
      range.setMaxCreateRevision(revision(low, high));
    }
    return range.build();
  }

  /** Rarely one outside of the given ones. */
  long revision(long low, long high) {
    return random.nextInt(30) == 0
        ? low - 2 + random.nextInt((int) (high - low) + 5)
        : low + random.nextInt((int) (high - low) + 1);
  }

  TxnRequest txn(int depth, long low, long high) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = random.nextInt(3); i > 0; i--) {
      txn.addCompare(compare(low, high));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      txn.addSuccess(op(depth, low, high));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      txn.addFailure(op(depth, low, high));
    }
    return txn.build();
  }

  private RequestOp op(int depth, long low, long high) {
    RequestOp.Builder op = RequestOp.newBuilder();
    int kind = random.nextInt(100);
    if (kind < 45) {
      op.setPut(put());
    } else if (kind < 60) {
      op.setDeleteRange(delete());
    } else if (kind < 80 || depth == 0) {
      op.setRange(range(low, high));
    } else if (kind < 99) {
      op.setTxn(txn(depth - 1, low, high));
    }
    return op.build();
  }

  private Compare compare(long low, long high) {
    Compare.Builder compare =
        Compare.newBuilder()
            .setKey(key())
            .setResultValue(random.nextInt(4))
            .setTargetValue(random.nextInt(5));
    if (random.nextInt(3) == 0) {
      compare.setRangeEnd(rangeEnd());
    }
    switch (random.nextInt(8) == 0 ? random.nextInt(5) : compare.getTargetValue()) {
      case 0 -> compare.setVersion(random.nextInt(4));
      case 1 -> compare.setCreateRevision(random.nextInt(3) == 0 ? 0 : revision(low, high));
      case 2 -> compare.setModRevision(random.nextInt(3) == 0 ? 0 : revision(low, high));
      case 3 -> compare.setValue(value());
      default -> compare.setLease(random.nextInt(3) == 0 ? 0 : lease());
    }
    return compare.build();
  }

  private ByteString value() {
    byte[] value = new byte[random.nextInt(3)];
    random.nextBytes(value);
    return ByteString.copyFrom(value);
  }
}
