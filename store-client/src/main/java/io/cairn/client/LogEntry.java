package io.cairn.client;

/**
 * One record of a task's recovery log.
 *
 * @param lsn its number, from 1
 * @param timeMillis log time
 * @param previousDigest digest of the record before, empty for the first
 * @param digest SHA-256 chained over the record and the one before
 */
public record LogEntry(
    long lsn, long epoch, long timeMillis, Bytes payload, Bytes previousDigest, Bytes digest) {}
