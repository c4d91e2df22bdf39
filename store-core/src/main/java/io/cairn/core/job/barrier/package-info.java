/**
 * Barriers: checkpoints of all tasks of a job together. {@link io.cairn.core.job.barrier.Barriers}
 * has their phases; a task's own part is in {@link io.cairn.core.task.PreparedCheckpoints}.
 */
@NullMarked
package io.cairn.core.job.barrier;

import org.jspecify.annotations.NullMarked;
