package io.cairn.server.raft;

import io.cairn.core.storage.NewerFormatException;
import io.cairn.core.storage.RocksSettings;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.StorageException;
import io.cairn.server.GroupFactory;
import io.cairn.server.HostedGroup;
import io.cairn.server.ServerConfig;
import io.cairn.server.Setting;
import io.cairn.server.StartRefusedException;
import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.ServerMetrics;
import io.cairn.server.raft.log.SegmentLog;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Opens this node's part of the one group there is. The data folder holds {@code LOCK}, {@code
 * FORMAT}, {@code FORMATION} and a folder per group with {@code raft} and {@code db}.
 */
public final class RaftGroupFactory implements GroupFactory {
  /** The group of the key-value plane and of all tasks. */
  static final int GROUP = 1;

  private final Halt halt;
  private final LinkFilter links;

  /** A factory for a server process: what cannot go on ends the process. */
  public RaftGroupFactory() {
    this(Halt.process());
  }

  /** A factory with another way to end, for clusters inside one process. */
  public RaftGroupFactory(Halt halt) {
    this(halt, LinkFilter.NONE);
  }

  /** As {@link #RaftGroupFactory(Halt)}, for fault tests that cut links between members. */
  public RaftGroupFactory(Halt halt, LinkFilter links) {
    this.halt = halt;
    this.links = links;
  }

  @Override
  public HostedGroup open(ServerConfig config, EventLog log, ServerMetrics metrics) {
    DataFolderLock lock = null;
    RocksStorage storage = null;
    try {
      lock = DataFolderLock.acquire(config.dataDir());
      FolderFormat.claim(config.dataDir(), config.cluster(), config.node());
      Path folder = config.dataDir().resolve("group-" + GROUP);
      Path raft = folder.resolve("raft");
      SegmentLog.makeRoom(raft.resolve("log"), GroupFolder.logIndexOf(raft)); // to open the rest
      storage =
          RocksStorage.open(
              folder.resolve("db"),
              settings(config),
              (what, cause) -> halt.halt("database: " + what, cause));
      RaftHostedGroup hosted =
          new RaftHostedGroup(config, new Reports(log, metrics), storage, lock, halt);
      hosted.setLinkFilter(links);
      return hosted;
    } catch (NewerFormatException e) {
      release(lock);
      throw new StartRefusedException(e.getMessage() + "; start the newer version", e);
    } catch (FileSystemException e) {
      throw refused(storage, lock, "data-dir " + config.dataDir() + " cannot be used: " + e, e);
    } catch (IOException | StorageException e) {
      throw refused(storage, lock, String.valueOf(e.getMessage()), e);
    }
  }

  private static StartRefusedException refused(
      @Nullable RocksStorage storage, @Nullable DataFolderLock lock, String reason, Exception why) {
    if (storage != null) {
      storage.close();
    }
    release(lock);
    return new StartRefusedException(reason, why);
  }

  private static RocksSettings settings(ServerConfig config) {
    RocksSettings defaults = RocksSettings.defaults();
    return new RocksSettings(
        config.bytes(Setting.BLOCK_CACHE_MIB),
        config.bytes(Setting.ROW_CACHE_MIB),
        config.bytes(Setting.WRITE_BUFFER_MIB),
        defaults.blobBytesMin(),
        defaults.openFilesMax(),
        defaults.backgroundJobs());
  }

  private static void release(@Nullable DataFolderLock lock) {
    if (lock == null) {
      return;
    }
    try {
      lock.close();
    } catch (IOException e) {
      throw new StartRefusedException("cannot release the lock: " + e.getMessage(), e);
    }
  }
}
