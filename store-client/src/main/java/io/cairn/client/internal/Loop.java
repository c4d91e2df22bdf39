package io.cairn.client.internal;

/** The one thread of a client. */
final class Loop {}
