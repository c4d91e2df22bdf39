package io.cairn.client.internal;

/** A worker's entry in the store, as long as its lease lives. */
record Registration(long epoch, Hold hold) {}
