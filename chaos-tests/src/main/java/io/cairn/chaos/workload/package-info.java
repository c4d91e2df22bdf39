/**
 * What clients do, and by what it is judged: for each workload its operations, the calls of the
 * client that they are, and its checker. A table says which error means ok, fail or info. Knows no
 * process and no fault.
 */
@NullMarked
package io.cairn.chaos.workload;

import org.jspecify.annotations.NullMarked;
