package io.cairn.client.job;

/** What is done with one item. */
@FunctionalInterface
public interface ItemAction {
  /** Does it. */
  void run() throws Exception;
}
