package io.cairn.server.raft.log;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.codec.v2.LogEntryV2CodecFactory;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** Entries to append, and what a storage is opened with. */
final class Entries {
  private Entries() {}

  static LogEntry of(long index, long term, byte[] data) {
    LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_DATA);
    entry.setId(new LogId(index, term));
    entry.setData(ByteBuffer.wrap(data));
    entry.setChecksum(entry.checksum());
    return entry;
  }

  /** An entry whose bytes depend on all of the arguments. */
  static LogEntry of(long index, long term, int bytes, long seed) {
    byte[] data = new byte[bytes];
    new SplittableRandom(seed * 31 + index).nextBytes(data);
    return of(index, term, data);
  }

  static LogStorageOptions options(ConfigurationManager configurations) {
    LogStorageOptions options = new LogStorageOptions();
    options.setGroupId("test-main");
    options.setConfigurationManager(configurations);
    options.setLogEntryCodecFactory(LogEntryV2CodecFactory.getInstance());
    return options;
  }
}
