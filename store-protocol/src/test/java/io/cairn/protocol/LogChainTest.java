package io.cairn.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.protocol.v1.LogRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogChainTest {
  @Test
  void intactLogHasNoDamage() {
    List<LogRecord> log = log(5);
    assertThat(LogChain.verify(log)).isEmpty();
    assertThat(LogChain.verify(log.subList(2, 5))).isEmpty();
    assertThat(LogChain.verify(List.of())).isEmpty();
  }

  @Test
  void digestIsSha256OverPreviousLsnEpochTimeAndPayload() {
    ByteString previous = Sha256.of(ByteString.copyFromUtf8("before"));
    ByteString encoded =
        previous
            .concat(ByteString.fromHex("0000000000000002"))
            .concat(ByteString.fromHex("0000000000000007"))
            .concat(ByteString.fromHex("0000000000000100"))
            .concat(ByteString.copyFromUtf8("x"));
    assertThat(LogChain.digest(previous, 2, 7, 256, ByteString.copyFromUtf8("x")))
        .isEqualTo(Sha256.of(encoded));
  }

  @Test
  void everyChangedFieldIsFoundAtItsRecord() {
    for (int i = 0; i < 4; i++) {
      List<LogRecord> log = log(4);
      LogRecord intact = log.get(i);
      List<LogRecord> damaged =
          List.of(
              intact.toBuilder().setPayload(ByteString.copyFromUtf8("other")).build(),
              intact.toBuilder().setEpoch(intact.getEpoch() + 1).build(),
              intact.toBuilder().setTimeMillis(intact.getTimeMillis() + 1).build(),
              intact.toBuilder().setDigest(ByteString.copyFrom(new byte[32])).build(),
              intact.toBuilder().setPreviousDigest(ByteString.copyFrom(new byte[31])).build());
      for (LogRecord record : damaged) {
        log.set(i, record);
        assertThat(LogChain.verify(log)).map(LogChain.Damage::lsn).contains(i + 1L);
      }
    }
  }

  @Test
  void missingRecordIsNamed() {
    List<LogRecord> log = log(4);
    log.remove(2);
    assertThat(LogChain.verify(log)).map(LogChain.Damage::lsn).contains(3L);
  }

  @Test
  void recordReplacedWithAFittingDigestBreaksTheNext() {
    List<LogRecord> log = log(4);
    LogRecord old = log.get(1);
    ByteString payload = ByteString.copyFromUtf8("forged");
    log.set(
        1,
        old.toBuilder()
            .setPayload(payload)
            .setDigest(
                LogChain.digest(
                    old.getPreviousDigest(), 2, old.getEpoch(), old.getTimeMillis(), payload))
            .build());
    assertThat(LogChain.verify(log)).map(LogChain.Damage::lsn).contains(3L);
  }

  @Test
  void missingTailIsFoundByTheEndTheTaskNames() {
    List<LogRecord> log = log(4);
    LogChain chain = new LogChain();
    log.subList(0, 3).forEach(record -> assertThat(chain.check(record)).isEmpty());
    assertThat(chain.checkEnd(3, log.get(2).getDigest())).isEmpty();
    assertThat(chain.checkEnd(4, log.get(3).getDigest())).map(LogChain.Damage::lsn).contains(4L);
    assertThat(chain.checkEnd(3, log.get(3).getDigest())).map(LogChain.Damage::lsn).contains(3L);
  }

  private static List<LogRecord> log(int length) {
    List<LogRecord> log = new ArrayList<>();
    ByteString previous = ByteString.EMPTY;
    for (int lsn = 1; lsn <= length; lsn++) {
      ByteString payload = ByteString.copyFromUtf8("record " + lsn);
      ByteString digest = LogChain.digest(previous, lsn, 7, 100 + lsn, payload);
      log.add(
          LogRecord.newBuilder()
              .setLsn(lsn)
              .setEpoch(7)
              .setTimeMillis(100 + lsn)
              .setPayload(payload)
              .setPreviousDigest(previous)
              .setDigest(digest)
              .build());
      previous = digest;
    }
    return log;
  }
}
