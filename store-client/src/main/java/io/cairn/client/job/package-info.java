/**
 * Jobs and the workers that run them. {@link io.cairn.client.job.Jobs} is the side of who wants
 * something done, {@link io.cairn.client.job.WorkerBuilder} that of who does it. It knows nothing
 * of the wire. Handlers run on the threads of their worker's own pool.
 */
@NullMarked
package io.cairn.client.job;

import org.jspecify.annotations.NullMarked;
