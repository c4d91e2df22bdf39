package io.cairn.server.ops;

import java.util.Locale;
import org.slf4j.event.Level;

/** What is worth a line in the log. Names are stable: people search for them. */
public enum LogEvent {
  /** The process begins to start. */
  STARTING(Level.INFO),
  /** All ports are open. */
  STARTED(Level.INFO),
  /** Ports are open beyond loopback without TLS and authentication. */
  INSECURE(Level.WARN),
  /** The start was refused. */
  REFUSED_START(Level.ERROR),
  /** A graceful stop began. */
  STOPPING(Level.INFO),
  /** The process ends. */
  STOPPED(Level.INFO),
  /** A cluster was formed by this node. */
  CLUSTER_FORMED(Level.INFO),
  /** This node waits to be added to a cluster. */
  WAITING_TO_BE_ADDED(Level.WARN),
  /** Somebody else leads, or nobody. */
  LEADER_CHANGED(Level.INFO),
  /** A snapshot was written. */
  SNAPSHOT_SAVED(Level.INFO),
  /** A snapshot could not be written. */
  SNAPSHOT_FAILED(Level.ERROR),
  /** The state was replaced by a snapshot. */
  SNAPSHOT_LOADED(Level.INFO),
  /** A member joined. */
  MEMBER_ADDED(Level.INFO),
  /** A member left. */
  MEMBER_REMOVED(Level.INFO),
  /** Two nodes were formed with different lists of members: they will never talk. */
  MEMBERS_DIFFER(Level.ERROR),
  /** Requests are refused because too much waits. */
  OVERLOADED(Level.WARN),
  /** A client's stream was closed by the server. */
  STREAM_CLOSED(Level.INFO),
  /** A request met a bug. */
  REQUEST_FAILED(Level.ERROR),
  /** Stored bytes are damaged. */
  DAMAGE_FOUND(Level.ERROR),
  /** This node ended itself rather than go on wrongly. */
  HALTED(Level.ERROR);

  private final Level level;

  LogEvent(Level level) {
    this.level = level;
  }

  /** How it is searched for. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  Level level() {
    return level;
  }
}
