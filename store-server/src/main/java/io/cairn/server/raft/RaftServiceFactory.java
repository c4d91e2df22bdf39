package io.cairn.server.raft;

import com.alipay.sofa.jraft.core.DefaultJRaftServiceFactory;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import com.alipay.sofa.jraft.storage.SnapshotStorage;
import io.cairn.server.raft.log.SegmentLog;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Gives one node its storages: the mirrored {@link MetaStorage} and a {@link SegmentLog} that halts
 * on a failed write.
 */
final class RaftServiceFactory extends DefaultJRaftServiceFactory {
  private final GroupFolder folder;
  private final Halt halt;
  private final LogCheck check;
  private volatile @Nullable LogStorage logStorage;

  RaftServiceFactory(GroupFolder folder, Halt halt, LogCheck check) {
    this.folder = folder;
    this.halt = halt;
    this.check = check;
  }

  @Override
  public LogStorage createLogStorage(String uri, RaftOptions options) {
    LogStorage storage =
        new HaltingLogStorage(
            new SegmentLog(
                Path.of(uri),
                folder.logIndex(),
                failure -> halt.halt("log storage failed: scrub of the log", failure)),
            halt,
            last -> check.opened(last, folder.snapshotIndex()),
            check::entry);
    logStorage = storage;
    return storage;
  }

  @Override
  public RaftMetaStorage createRaftMetaStorage(String uri, RaftOptions options) {
    return folder.metaStorage();
  }

  @Override
  public SnapshotStorage createSnapshotStorage(NodeOptions options) {
    return new SnapshotFolder(options.getSnapshotUri(), options.getRaftOptions());
  }

  /** The log handed to the node, or null before that. */
  @Nullable LogStorage logStorage() {
    return logStorage;
  }
}
