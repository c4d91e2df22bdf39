package io.cairn.core.job;

import io.cairn.core.storage.ReadView;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The specifications used last, decoded: one may have a payload for each of its partitions, and is
 * needed with each of them. They never change, and an id is never used again, so that it makes no
 * difference whether one is found here. Applying thread only.
 */
final class StoredJobs {
  /** Bytes of encoded specifications that are held. */
  private static final long BYTES_MAX = 64L * 1024 * 1024;

  private final Map<Long, StoredJob> jobs = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  StoredJob get(ReadView view, long id) {
    StoredJob there = jobs.get(id);
    if (there != null) {
      return there;
    }
    StoredJob read = StoredJob.read(view, id);
    jobs.put(id, read);
    bytes += read.row().getSerializedSize();
    Iterator<StoredJob> oldest = jobs.values().iterator();
    while (bytes > BYTES_MAX && jobs.size() > 1) {
      bytes -= oldest.next().row().getSerializedSize();
      oldest.remove();
    }
    return read;
  }
}
