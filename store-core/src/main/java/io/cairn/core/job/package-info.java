/**
 * Jobs, workers, dispatch, and what is done about faults. All decisions are functions of rows and
 * commands (I2). Runs on the applying thread; reads on any.
 */
@NullMarked
package io.cairn.core.job;

import org.jspecify.annotations.NullMarked;
