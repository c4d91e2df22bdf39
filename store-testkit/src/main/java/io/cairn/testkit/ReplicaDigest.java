package io.cairn.testkit;

/**
 * The state of one replica: two that have applied the same index have the same digest (I7).
 *
 * @param node name of the node
 * @param appliedIndex index of the last log entry that the state contains
 * @param digest of the whole state, in hexadecimal
 */
public record ReplicaDigest(String node, long appliedIndex, String digest) {}
