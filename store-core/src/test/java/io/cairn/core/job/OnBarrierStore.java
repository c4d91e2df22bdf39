package io.cairn.core.job;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of barriers, each on a store of its own, whose board is checked in the end. */
abstract class OnBarrierStore {
  @TempDir Path folder;
  JobStore store;
  BarrierStore barriers;

  @BeforeEach
  void open() {
    store = new JobStore(folder.resolve("db"));
    barriers = new BarrierStore(store);
  }

  @AfterEach
  void close() {
    store.checkBoard();
    store.close();
  }
}
