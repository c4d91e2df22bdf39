package io.cairn.chaos.cluster;

import java.nio.file.Path;

/** What holds a node's data. The node does not run while it is taken away or changed. */
public interface NodeDisk {
  /** Folder of the server's data; it exists while {@link #isThere()}. */
  Path folder();

  /** The mount's folder, for faults of a whole file system. */
  Path mount();

  /** True if this is a file system of its own. */
  boolean isDevice();

  /** True if the folder can be reached. */
  boolean isThere();

  /** Makes the folder reachable; does nothing if it is. */
  void attach();

  /** Takes it away, as a disk that lost its power would be; files stay. */
  void detach();

  /** Makes it empty. */
  void wipe();

  /** Lets all that is written hang. */
  void freeze();

  /** Lets it go on. False if it did not hang. */
  boolean thaw();
}
