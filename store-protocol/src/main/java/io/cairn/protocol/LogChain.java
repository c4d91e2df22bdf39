package io.cairn.protocol;

import com.google.protobuf.ByteString;
import io.cairn.protocol.v1.LogRecord;
import java.util.Optional;

/**
 * The hash chain of a recovery log: each record's digest covers the one before it, so that a
 * changed, missing or exchanged record is located. A digest is SHA-256 over the previous digest
 * (nothing for lsn 1), lsn, epoch, log time and payload; numbers as 8 bytes, big-endian.
 *
 * <p>An instance walks over one log, page by page if need be, and remembers where it is. Not
 * thread-safe.
 */
public final class LogChain {
  private long lastLsn;
  private ByteString lastDigest = ByteString.EMPTY;
  private boolean started;

  /** A walk that starts at whatever record comes first. */
  public LogChain() {}

  /**
   * The first thing found wrong.
   *
   * @param lsn of the damaged record, or of the one that should have come
   * @param what is wrong with it, without its content
   */
  public record Damage(long lsn, String what) {}

  /** The digest of a record whose predecessor has the digest {@code previous}. */
  public static ByteString digest(
      ByteString previous, long lsn, long epoch, long timeMillis, ByteString payload) {
    return new Sha256()
        .raw(previous)
        .number(lsn)
        .number(epoch)
        .number(timeMillis)
        .raw(payload)
        .digest();
  }

  /** Walks over a log, or a part of it, and tells the first damage. */
  public static Optional<Damage> verify(Iterable<LogRecord> records) {
    LogChain chain = new LogChain();
    for (LogRecord record : records) {
      Optional<Damage> damage = chain.check(record);
      if (damage.isPresent()) {
        return damage;
      }
    }
    return Optional.empty();
  }

  /** Checks the next record: empty if it follows the one before and is what was written. */
  public Optional<Damage> check(LogRecord record) {
    long lsn = record.getLsn();
    if (started && lsn != lastLsn + 1) {
      return damage(lastLsn + 1, "missing: lsn " + lsn + " follows lsn " + lastLsn);
    }
    if (lsn < 1) {
      return damage(lsn, "lsn " + lsn + " is below 1");
    }
    ByteString previous = record.getPreviousDigest();
    if (started || lsn == 1) {
      if (!previous.equals(lastDigest)) {
        return damage(
            lsn, "names another predecessor: " + hex(previous) + " instead of " + hex(lastDigest));
      }
    } else if (previous.size() != Sha256.BYTES) {
      return damage(lsn, "previous digest of " + previous.size() + " bytes");
    }
    ByteString digest =
        digest(previous, lsn, record.getEpoch(), record.getTimeMillis(), record.getPayload());
    if (!digest.equals(record.getDigest())) {
      return damage(lsn, "has digest " + hex(digest) + " instead of " + hex(record.getDigest()));
    }
    started = true;
    lastLsn = lsn;
    lastDigest = digest;
    return Optional.empty();
  }

  /** Checks that the walk has reached the end that the task itself names. */
  public Optional<Damage> checkEnd(long expectedLsn, ByteString expectedDigest) {
    if (!started) {
      return Optional.empty(); // none kept: there is nothing the digest could be compared with
    }
    if (lastLsn != expectedLsn) {
      return damage(
          Math.min(lastLsn, expectedLsn) + 1,
          "log ends at lsn " + lastLsn + " instead of " + expectedLsn);
    }
    return lastDigest.equals(expectedDigest)
        ? Optional.empty()
        : damage(
            lastLsn, "has digest " + hex(lastDigest) + ", the task says " + hex(expectedDigest));
  }

  private static Optional<Damage> damage(long lsn, String what) {
    return Optional.of(new Damage(lsn, what));
  }

  private static String hex(ByteString digest) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(digest.size(), Sha256.BYTES); i++) {
      text.append(String.format("%02x", digest.byteAt(i)));
    }
    return text.isEmpty() ? "none" : text.toString();
  }
}
