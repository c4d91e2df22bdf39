package io.cairn.examples.flights;

/** Is told before a block of rows is counted. On the handler's thread. */
@FunctionalInterface
public interface BlockListener {
  /**
   * Rows [from, to) of a partition are about to be counted.
   *
   * @throws InterruptedException to end the attempt
   */
  void before(int partition, long from, long to) throws InterruptedException;
}
