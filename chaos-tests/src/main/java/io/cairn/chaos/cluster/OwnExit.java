package io.cairn.chaos.cluster;

/**
 * The end of a server that nobody had ordered.
 *
 * @param code exit code; 128 and the number of the signal that ended it
 * @param lastLine what it logged last: why it halted or refused to start, if it said so
 */
public record OwnExit(String node, int code, String lastLine) {}
