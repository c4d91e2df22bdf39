/**
 * The public client API: {@link io.cairn.client.Cairn} is where one starts. It knows no raft and no
 * storage engine, and shows no type of the transport. Methods may be called from any thread unless
 * they say otherwise; callbacks run on one thread of the client's own, and may block.
 */
@NullMarked
package io.cairn.client;

import org.jspecify.annotations.NullMarked;
