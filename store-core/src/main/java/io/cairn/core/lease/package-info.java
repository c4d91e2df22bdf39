/**
 * Leases and deadlines in log time (I10): what keys and tasks hang on. Nothing ends here by itself;
 * an Expire command that went through the log ends what is due. Runs on the applying thread.
 */
@NullMarked
package io.cairn.core.lease;

import org.jspecify.annotations.NullMarked;
