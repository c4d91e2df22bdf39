package io.cairn.server.raft.log;

import java.io.IOException;
import java.util.List;

/**
 * The folder of a log, in the few operations that the log needs. Tests put one in its place that
 * loses power between any two of them.
 *
 * <p>A name that was made, taken away or changed is there for good only after {@link #sync}.
 */
interface LogFolder {
  /** Makes the folder itself if it is not there. */
  void make() throws IOException;

  /** Names of all files, in no order. */
  List<String> names() throws IOException;

  /** Makes an empty file in place of any of this name. */
  LogFile create(String name) throws IOException;

  LogFile open(String name) throws IOException;

  /** Deletes the file if it exists. */
  void delete(String name) throws IOException;

  void rename(String from, String to) throws IOException;

  void sync() throws IOException;

  /** How a file of this name is called towards people. */
  String pathOf(String name);
}
