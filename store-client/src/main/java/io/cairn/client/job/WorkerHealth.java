package io.cairn.client.job;

/** Whether a worker is given tasks. */
public enum WorkerHealth {
  /** It is. */
  HEALTHY,
  /** Over a threshold of its own load: it keeps what it has, and gets nothing new. */
  STRAINED,
  /** It is about to leave, and gets nothing new. */
  DRAINING,
  /** A state of a newer server. */
  UNKNOWN
}
