package io.cairn.chaos.fault;

import java.util.Locale;

/** Files of a server, by what they hold. Where they lie is said here only. */
enum StoredPart {
  /** Raft's log: acknowledged entries. */
  LOG("raft/log"),
  /** Term and vote. */
  VOTE("raft/meta"),
  /** A snapshot. */
  SNAPSHOT("raft/snapshot"),
  /** The state. */
  STATE("db");

  private final String folder;

  StoredPart(String folder) {
    this.folder = folder;
  }

  /** As plans and histories name it. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Back from what {@link #text} gave. */
  static StoredPart of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** What stands in the path of each of its files, and of no other's. */
  String mark() {
    return "/" + folder + "/";
  }
}
