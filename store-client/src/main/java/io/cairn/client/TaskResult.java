package io.cairn.client;

/**
 * The result of a completed task.
 *
 * @param digest SHA-256 of the stored bytes
 */
public record TaskResult(Bytes stored, Bytes digest) {}
