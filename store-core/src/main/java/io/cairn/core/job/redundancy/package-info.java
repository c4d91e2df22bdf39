/**
 * Results of several runs of one partition: which are alike, and which of them a vote accepts. Pure
 * functions of the results; rows, fences and faults are the job plane's.
 */
@NullMarked
package io.cairn.core.job.redundancy;

import org.jspecify.annotations.NullMarked;
