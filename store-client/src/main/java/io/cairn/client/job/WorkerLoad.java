package io.cairn.client.job;

/**
 * How much a worker's process has to do, in percent.
 *
 * @param cpu of the process, of all processors
 * @param heap used after the last collection, of the most that there may be
 * @param gc time in collections, of the time since the last report
 */
public record WorkerLoad(int cpu, int heap, int gc) {}
