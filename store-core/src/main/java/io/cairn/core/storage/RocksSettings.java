package io.cairn.core.storage;

/**
 * What an operator may choose about the database; everything else is fixed in {@link RocksOptions}.
 *
 * @param blockCacheBytes memory for blocks read, shared by all families, with their indexes and
 *     filters
 * @param rowCacheBytes memory for short rows the applying thread has read or written lately,
 *     outside of the heap; half of the JVM's largest heap at most
 * @param writeBufferBytes memory for rows not yet flushed, shared by all families
 * @param blobBytesMin values of this size and above are kept in blob files
 * @param openFilesMax table files held open
 * @param backgroundJobs flushes and compactions at a time
 */
public record RocksSettings(
    long blockCacheBytes,
    long rowCacheBytes,
    long writeBufferBytes,
    long blobBytesMin,
    int openFilesMax,
    int backgroundJobs) {
  private static final long MIB = 1024 * 1024;

  /** Checks the ranges. */
  public RocksSettings {
    check("blockCacheBytes", blockCacheBytes, MIB);
    check("rowCacheBytes", rowCacheBytes, 64 * 1024);
    check("writeBufferBytes", writeBufferBytes, MIB);
    check("blobBytesMin", blobBytesMin, 1);
    check("openFilesMax", openFilesMax, 64);
    check("backgroundJobs", backgroundJobs, 1);
  }

  /** What a server with two cores and 500 MB should run with. */
  public static RocksSettings defaults() {
    return new RocksSettings(64 * MIB, 128 * MIB, 64 * MIB, 4 * 1024, 512, 2);
  }

  /** For tests: a small cache and a small write buffer, so that flushes are frequent. */
  public static RocksSettings small() {
    return new RocksSettings(4 * MIB, 64 * 1024, 2 * MIB, 1024, 64, 2);
  }

  private static void check(String name, long value, long min) {
    if (value < min) {
      throw new IllegalArgumentException(name + " is " + value + ", at least " + min + " needed");
    }
  }
}
