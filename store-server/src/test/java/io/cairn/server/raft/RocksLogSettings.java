package io.cairn.server.raft;

import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import com.alipay.sofa.jraft.util.StorageOptionsFactory;
import io.cairn.core.storage.NativeLibrary;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.WALRecoveryMode;

/**
 * RocksDB settings of JRaft's own log, for the whole JVM: that log is what ours is compared with.
 *
 * <p>JRaft's own call {@code optimizeLevelStyleCompaction} last, which sets six memtables of 128
 * MiB for each of two families. Settings registered here replace them as a whole.
 */
public final class RocksLogSettings {
  private static final long MEMTABLE_BYTES = 16L << 20;
  private static final int MEMTABLES_MAX = 3;
  private static final long WAL_BYTES_MAX = 64L << 20;
  private static final int OPEN_FILES_MAX = 256;

  private RocksLogSettings() {}

  /** Registers the settings; calls after the first do nothing. */
  public static void install() {
    Installed.once();
  }

  /**
   * Runs the registration in its class initializer, which the JVM runs once: a second one is an
   * error in JRaft.
   */
  private static final class Installed {
    static {
      NativeLibrary.load();
      StorageOptionsFactory.registerRocksDBOptions(RocksDBLogStorage.class, database());
      StorageOptionsFactory.registerRocksDBColumnFamilyOptions(RocksDBLogStorage.class, family());
      StorageOptionsFactory.registerRocksDBTableFormatConfig(RocksDBLogStorage.class, table());
    }

    static void once() {
      // loads the class
    }
  }

  private static DBOptions database() {
    return new DBOptions()
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        .setMaxOpenFiles(OPEN_FILES_MAX)
        .setMaxTotalWalSize(
            WAL_BYTES_MAX) // the family of configurations is seldom flushed and would keep every
        // WAL
        .setMaxBackgroundJobs(2)
        .setKeepLogFileNum(4)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        // Only a record cut short at the end may be dropped. The default stops in silence at the
        // first damaged record and so
        // forgets acknowledged entries.
        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords);
  }

  private static ColumnFamilyOptions family() {
    return new ColumnFamilyOptions()
        .setWriteBufferSize(MEMTABLE_BYTES)
        .setMaxWriteBufferNumber(MEMTABLES_MAX)
        .setCompactionStyle(CompactionStyle.LEVEL)
        .setCompressionType(
            CompressionType.NO_COMPRESSION) // entries live minutes; a processor core is dearer
        .setLevel0FileNumCompactionTrigger(8)
        .setLevel0SlowdownWritesTrigger(24)
        .setLevel0StopWritesTrigger(48)
        .setTargetFileSizeBase(MEMTABLE_BYTES)
        .setMaxBytesForLevelBase(8 * MEMTABLE_BYTES)
        .setForceConsistencyChecks(true);
  }

  private static BlockBasedTableConfig table() {
    return new BlockBasedTableConfig()
        .setNoBlockCache(true); // read only to catch up or restart, in order, each once
  }
}
