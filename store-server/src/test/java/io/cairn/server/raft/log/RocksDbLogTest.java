package io.cairn.server.raft.log;

import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import io.cairn.server.raft.RocksLogSettings;
import java.nio.file.Path;

/** JRaft's own log, to know that the contract is the one that JRaft means. */
class RocksDbLogTest extends LogStorageContract {
  @Override
  LogStorage storage(Path in) {
    RocksLogSettings.install();
    RaftOptions options = new RaftOptions();
    options.setOpenStatistics(false);
    return new RocksDBLogStorage(in.toString(), options);
  }
}
