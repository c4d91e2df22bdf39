package io.cairn.client.internal;

import io.cairn.client.job.FaultClassifier;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.WorkerFencedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/**
 * How a worker was set up.
 *
 * @param handlers by name
 * @param capacity tasks at a time
 * @param classifiers asked in this order
 * @param grace how long handlers that were asked to stop are waited for
 * @param threads that handlers run on
 * @param hooked true: it is closed when the process is asked to end
 */
record WorkerSetup(
    String id,
    String node,
    Map<String, JobHandler> handlers,
    int capacity,
    boolean spare,
    Map<String, String> labels,
    Duration leaseTtl,
    List<FaultClassifier> classifiers,
    Duration grace,
    boolean hooked,
    Consumer<WorkerFencedException> onFenced,
    ThreadFactory threads) {}
