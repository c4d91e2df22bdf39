/** Tests of the test cluster, and of Cairn as a cluster. */
package io.cairn.testkit;
