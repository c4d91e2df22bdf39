/** Clusters inside one JVM for tests. Production code must not know it; the test thread runs it. */
@NullMarked
package io.cairn.testkit;

import org.jspecify.annotations.NullMarked;
