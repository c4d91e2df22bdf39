/**
 * What happened: operations in the order in which one thread saw them, in memory and as EDN, one
 * map a line, as Jepsen's tools read them. Knows no cluster, no fault and no checker. Values are
 * immutable; any thread.
 */
@NullMarked
package io.cairn.chaos.history;

import org.jspecify.annotations.NullMarked;
