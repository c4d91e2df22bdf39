/**
 * What is done about faults: the recovery policy's decision, the pause before the next attempt,
 * items in quarantine. All of it is a function of rows and commands (I2); which worker runs a task
 * next is not known here. Writing classes run on the applying thread; reading ones on any thread
 * over a view.
 */
@NullMarked
package io.cairn.core.job.recovery;

import org.jspecify.annotations.NullMarked;
