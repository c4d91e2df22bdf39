/**
 * Clusters inside one JVM, for tests of jobs and of Cairn itself: real servers with real ports and
 * disks, whose crashes, cuts and pauses are a method call. Production code must not know it. The
 * test thread runs it; nodes have the threads they have in a server process.
 */
@NullMarked
package io.cairn.testkit;

import org.jspecify.annotations.NullMarked;
