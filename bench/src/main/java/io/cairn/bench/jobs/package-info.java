/**
 * What jobs cost: tasks per second, idle workers, the loss of a worker, checkpoints. Workers are
 * those of the public client, in this process or, to be killed, in one of their own. The calling
 * thread drives each measurement; handlers run on the threads of their workers.
 */
@NullMarked
package io.cairn.bench.jobs;

import org.jspecify.annotations.NullMarked;
