package io.cairn.client.internal;

import java.util.Set;

/**
 * What the workers of one client share.
 *
 * @param running those that have not stopped; any thread
 */
record WorkerParts(Client client, JobCalls jobs, Set<RunningWorker> running) {}
