package io.cairn.core.kv;

import static io.cairn.core.kv.KvStore.bytes;
import static io.cairn.core.kv.KvTableTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.LockResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lock queue. */
class LocksTest {
  @TempDir Path folder;
  private KvStore store;

  @BeforeEach
  void open() {
    store = new KvStore(folder);
    store.grant(1);
    store.grant(2);
    store.grant(0xABC);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void firstInTheQueueHolds() {
    LockResponse first = store.lock("job", 0xABC, false);
    assertThat(first)
        .isEqualTo(
            LockResponse.newBuilder().setKey(bytes("job/abc")).setToken(2).setHeld(true).build());
    assertThat(store.get("job/abc").getLease()).isEqualTo(0xABC);
    assertThat(store.get("job/abc").getValue()).isEqualTo(ByteString.EMPTY);
  }

  @Test
  void othersWaitForTheOneBeforeThem() {
    store.lock("job", 2, false);
    LockResponse second = store.lock("job", 1, false);
    assertThat(second.getHeld()).isFalse();
    assertThat(second.getToken()).isEqualTo(3);
    assertThat(second.getWaitFor()).isEqualTo(bytes("job/2"));
    LockResponse third = store.lock("job", 0xABC, false);
    assertThat(third.getWaitFor()).isEqualTo(bytes("job/1"));
    // The one in the middle gives up: the last waits for the holder.
    store.endLeases(List.of(1L));
    assertThat(store.lock("job", 0xABC, false).getWaitFor()).isEqualTo(bytes("job/2"));
    store.delete("job/2");
    LockResponse held = store.lock("job", 0xABC, false);
    assertThat(held.getHeld()).isTrue();
    assertThat(held.getToken()).isEqualTo(4);
    assertThat(held.getWaitFor()).isEqualTo(ByteString.EMPTY);
  }

  @Test
  void askingAgainKeepsPlaceAndRevision() {
    LockResponse first = store.lock("job", 1, false);
    long revision = store.revision();
    assertThat(store.lock("job", 1, false)).isEqualTo(first);
    assertThat(store.lock("job", 1, true)).isEqualTo(first);
    assertThat(store.revision()).isEqualTo(revision);
  }

  @Test
  void tryingDoesNotQueueBehindAnother() {
    store.lock("job", 1, true);
    long revision = store.revision();
    LockResponse failed = store.lock("job", 2, true);
    assertThat(failed).isEqualTo(LockResponse.newBuilder().setWaitFor(bytes("job/1")).build());
    assertThat(store.revision()).isEqualTo(revision);
    store.endLeases(List.of(1L));
    assertThat(store.lock("job", 2, true).getHeld()).isTrue();
  }

  @Test
  void tokensOfSuccessiveHoldersGrow() {
    long first = store.lock("job", 1, false).getToken();
    store.endLeases(List.of(1L));
    store.grant(1);
    assertThat(store.lock("job", 1, false).getToken()).isGreaterThan(first);
  }

  @Test
  void locksOfOtherNamesDoNotMeet() {
    store.lock("job", 1, false);
    assertThat(store.lock("job2", 2, false).getHeld()).isTrue();
    assertThat(store.lock("jo", 2, false).getHeld()).isTrue();
  }

  @Test
  void lockLooksAtABoundedNumberOfKeys() {
    for (int i = 0; i < Limits.SCAN_ROWS_MAX; i++) {
      store.put("job/x" + i, "");
      if (i % 100 == 0) {
        store.commit();
      }
    }
    assertThat(store.lock("job", 1, true).getHeld()).isFalse();
    store.put("job/y", "");
    assertRefused(ErrorCode.TOO_LARGE, () -> store.lock("job", 1, true));
    assertThat(store.lock("other", 1, false).getHeld()).isTrue();
  }

  @Test
  void lockNeedsANameAndALease() {
    assertRefused(ErrorCode.INVALID_ARGUMENT, () -> store.lock("", 1, false));
    assertRefused(ErrorCode.LEASE_NOT_FOUND, () -> store.lock("job", 0, false));
    assertRefused(ErrorCode.LEASE_NOT_FOUND, () -> store.lock("job", 9, false));
    assertRefused(ErrorCode.TOO_LARGE, () -> store.lock("x".repeat(8_192), 1, false));
  }
}
