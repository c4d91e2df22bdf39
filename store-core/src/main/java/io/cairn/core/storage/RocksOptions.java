package io.cairn.core.storage;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BackgroundErrorReason;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.Status;
import org.rocksdb.WriteOptions;

/**
 * Every option of RocksDB that we set, with its reason. One per storage: the databases before and
 * after a restore share its cache. Close it after them.
 */
final class RocksOptions implements AutoCloseable {
  /**
   * Parts of the block cache, as powers of two. By default it is cut into 64 pieces if each then
   * has half a MiB, and a filter or index of hundreds of KiB pushes all else out of its piece, and
   * is itself pushed out by it: then every read of a row reads the filter again. There are few
   * threads to keep apart.
   */
  private static final int CACHE_SHARD_BITS = 1;

  /** Of the cache for indexes and filters, before blocks of rows get any of it. */
  private static final double CACHE_FOR_INDEXES = 0.5;

  /**
   * Of a memtable for its filter: 640 KiB for 64 MiB. Only for the families that each put or get
   * reads; memory is taken when the memtable begins, for each family.
   */
  private static final double MEMTABLE_FILTER = 0.01;

  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;

  private final RocksSettings settings;
  private final List<AbstractNativeReference> owned = new ArrayList<>();
  private final DBOptions database;
  private final ColumnFamilyOptions plain;
  private final ColumnFamilyOptions latest;
  private final ColumnFamilyOptions versions;
  private final ColumnFamilyOptions withBlobs;
  private final WriteOptions write;
  private final ReadOptions read;
  private final FlushOptions flush;

  RocksOptions(RocksSettings settings, FatalHandler onFatal) {
    NativeLibrary.load();
    this.settings = settings;
    Cache cache =
        own(new LRUCache(settings.blockCacheBytes(), CACHE_SHARD_BITS, false, CACHE_FOR_INDEXES));
    BloomFilter bloom = own(new BloomFilter(10)); // 10 bits a key: 1 % false hits
    BlockBasedTableConfig table = table(cache, bloom);
    BlockBasedTableConfig pointTable =
        table(cache, bloom).setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash);
    this.database = own(databaseOptions(onFatal));
    this.plain = own(familyOptions(table));
    this.latest = own(readByKey(familyOptions(pointTable)));
    this.versions = own(blobs(readByKey(familyOptions(pointTable))));
    this.withBlobs = own(blobs(familyOptions(table)));
    // The Raft log is the write-ahead log: a second one would cost a write and give nothing.
    this.write = own(new WriteOptions().setDisableWAL(true));
    // A damaged block must be an error, never an answer.
    this.read = own(new ReadOptions().setVerifyChecksums(true));
    // Returns when the rows are on disk; a stall of writers during it is what a snapshot costs.
    this.flush = own(new FlushOptions().setWaitForFlush(true).setAllowWriteStall(true));
  }

  /**
   * Bytes for {@link RowCache}: at most half of what the heap may have, which is as much as the JVM
   * takes outside of it. Where it was told to take less, the cache gives half of it back.
   */
  long rowCacheBytes() {
    return Math.min(settings.rowCacheBytes(), Runtime.getRuntime().maxMemory() / 2);
  }

  DBOptions database() {
    return database;
  }

  WriteOptions write() {
    return write;
  }

  /** For point lookups of the newest committed state. */
  ReadOptions read() {
    return read;
  }

  FlushOptions flush() {
    return flush;
  }

  /** All families, in the order of {@link ColumnFamily}. */
  List<ColumnFamilyDescriptor> families() {
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    for (ColumnFamily family : ColumnFamily.values()) {
      families.add(new ColumnFamilyDescriptor(family.nameBytes(), options(family)));
    }
    return families;
  }

  private ColumnFamilyOptions options(ColumnFamily family) {
    return switch (family) {
      case KV_LATEST -> latest;
      case KV_VERSION -> versions;
      case SECTION, LOG -> withBlobs;
      default -> plain;
    };
  }

  @Override
  public void close() {
    for (int i = owned.size() - 1; i >= 0; i--) {
      owned.get(i).close();
    }
  }

  private DBOptions databaseOptions(FatalHandler onFatal) {
    AbstractEventListener listener = own(new BackgroundErrors(onFatal));
    return new DBOptions()
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        // I1: without a log a family flushed alone would be ahead of the others after a crash.
        .setAtomicFlush(true)
        // Excludes atomic flush, and one writer gains nothing from it.
        .setEnablePipelinedWrite(false)
        .setUnorderedWrite(false)
        // There is one writer: no need to arrange for more in the memtable.
        .setAllowConcurrentMemtableWrite(false)
        .setEnableWriteThreadAdaptiveYield(false)
        // One budget for the memtables of all families: 17 of them each with its own would be 17
        // times the memory. Not charged to the block cache: it would push out indexes and filters,
        // and then every read that misses is a read of the disk.
        .setDbWriteBufferSize(settings.writeBufferBytes())
        // Verifies what is read of manifests and tables, and refuses to write after an error.
        .setParanoidChecks(true)
        // A background error ends the process: no retry behind our back.
        .setMaxBgErrorResumeCount(0)
        .setListeners(List.of(listener))
        // Two cores: one flush and one compaction.
        .setMaxBackgroundJobs(settings.backgroundJobs())
        .setMaxSubcompactions(1)
        // File descriptors are for connections too.
        .setMaxOpenFiles(settings.openFilesMax())
        // Spreads the writing of large files, so that one fsync does not hold up the Raft log's.
        .setBytesPerSync(MIB)
        // Closing flushes by itself first; leaving as a crash does must not.
        .setAvoidFlushDuringShutdown(true)
        // No statistics: they cost on every read, and nobody reads them.
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        // Its own log is for the worst day only.
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(4 * MIB)
        .setKeepLogFileNum(2)
        // Rewritten when it gets there: it is copied into each snapshot.
        .setMaxManifestFileSize(4 * MIB);
  }

  private ColumnFamilyOptions familyOptions(BlockBasedTableConfig table) {
    return new ColumnFamilyOptions()
        .setCompactionStyle(CompactionStyle.LEVEL)
        .setLevelCompactionDynamicLevelBytes(true)
        // A single memtable may take the shared budget; all are flushed before it is full.
        .setWriteBufferSize(settings.writeBufferBytes())
        // A memtable takes memory in steps of this: 17 of them with few rows must stay small.
        .setArenaBlockSize(128 * KIB)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        // Fewer, larger merges into the second level. A point read looks into each file of the
        // first one, but a filter spares nearly all of that.
        .setLevel0FileNumCompactionTrigger(8)
        .setTargetFileSizeBase(32 * MIB)
        // No rewriting only because of age: an idle process must be idle.
        .setTtl(0)
        .setPeriodicCompactionSeconds(0)
        // Refuses to open when tables and manifest do not belong together.
        .setForceConsistencyChecks(true)
        .setTableFormatConfig(table);
  }

  /**
   * Each put reads a row of KV_LATEST by its key, each get that and its version; over many keys
   * they are seldom in the memtable.
   */
  private static ColumnFamilyOptions readByKey(ColumnFamilyOptions options) {
    return options
        .setMemtablePrefixBloomSizeRatio(MEMTABLE_FILTER)
        .setMemtableWholeKeyFiltering(true);
  }

  /** Of values that can be long: rewriting them in each compaction would be waste. */
  private ColumnFamilyOptions blobs(ColumnFamilyOptions options) {
    return options
        .setEnableBlobFiles(true)
        .setMinBlobSize(settings.blobBytesMin())
        .setBlobFileSize(64 * MIB)
        .setBlobCompressionType(CompressionType.LZ4_COMPRESSION)
        // Space of replaced sections and values comes back with compaction; a file that is half
        // garbage is not left to wait for its turn.
        .setEnableBlobGarbageCollection(true)
        .setBlobGarbageCollectionAgeCutoff(0.25)
        .setBlobGarbageCollectionForceThreshold(0.5);
  }

  private static BlockBasedTableConfig table(Cache cache, BloomFilter bloom) {
    return new BlockBasedTableConfig()
        .setBlockCache(cache)
        .setBlockSize(8 * KIB)
        // Most commands look for one row by its whole key; many are not there.
        .setFilterPolicy(bloom)
        .setWholeKeyFiltering(true)
        // Indexes and filters count in the cache's budget, and leave it last. Not partitioned: the
        // filter of a million keys is 1.2 MB.
        .setCacheIndexAndFilterBlocks(true)
        .setCacheIndexAndFilterBlocksWithHighPriority(true)
        .setPinL0FilterAndIndexBlocksInCache(true)
        // Pinned: a new version of the library must not change what it writes by itself.
        .setFormatVersion(6);
  }

  private <T extends AbstractNativeReference> T own(T object) {
    owned.add(object);
    return object;
  }

  /** Ends the process when a flush or compaction has failed. */
  private static final class BackgroundErrors extends AbstractEventListener {
    private final FatalHandler onFatal;

    BackgroundErrors(FatalHandler onFatal) {
      super(EnabledEventCallback.ON_BACKGROUND_ERROR);
      this.onFatal = onFatal;
    }

    @Override
    public void onBackgroundError(BackgroundErrorReason reason, Status status) {
      String what = "background " + reason + " of the database";
      onFatal.onFatal(what, new StorageException(what + " failed: " + status.getCodeString()));
    }
  }
}
