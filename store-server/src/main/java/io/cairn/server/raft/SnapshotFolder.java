package io.cairn.server.raft;

import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where snapshots lie. JRaft takes a snapshot that cannot be begun, as on a full disk, for the end
 * of the node; here it begins with a writer that says so, and fails as any other.
 */
final class SnapshotFolder extends LocalSnapshotStorage {
  private final Path temporary;
  private final RaftOptions options;

  SnapshotFolder(String uri, RaftOptions options) {
    super(uri, null, options);
    this.temporary = Path.of(uri, "temp"); // as JRaft has it
    this.options = options;
  }

  @Override
  public SnapshotWriter create() {
    SnapshotWriter writer = super.create();
    if (writer != null) {
      return writer;
    }
    // Never initialized: whoever writes with it asks isOk first.
    SnapshotWriter failed = new LocalSnapshotWriter(temporary.toString(), this, options);
    failed.setError(RaftError.EIO, "no snapshot can be begun: %s", reason());
    return failed;
  }

  /** JRaft logs it, and tells nobody. */
  private String reason() {
    try {
      Files.createDirectories(temporary);
      return "what is in " + temporary + " cannot be removed or read";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
