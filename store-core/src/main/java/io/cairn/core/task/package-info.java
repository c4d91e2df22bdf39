/**
 * The task plane: ownership by epoch, checkpoints in sections, the hash-chained recovery log (I4,
 * I5). Writing classes run on the applying thread; reading ones on any thread over a view.
 */
@NullMarked
package io.cairn.core.task;

import org.jspecify.annotations.NullMarked;
