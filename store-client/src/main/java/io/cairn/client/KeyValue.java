package io.cairn.client;

/**
 * One version of one key.
 *
 * @param createRevision revision of the put that created the key
 * @param modRevision revision of the put that wrote this version
 * @param version 1 for the creating put, one more for each put since
 * @param lease the lease it hangs on, 0 for none
 */
public record KeyValue(
    Bytes key, Bytes value, long createRevision, long modRevision, long version, long lease) {}
