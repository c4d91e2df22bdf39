/** Tests of the raft adapter: storages alone, then whole groups in one JVM. */
@org.jspecify.annotations.NullMarked
package io.cairn.server.raft;
