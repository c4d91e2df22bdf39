/**
 * How a cluster comes to be one: the fingerprint of the member list with which it was formed, and
 * asking other nodes for theirs. Knows the client port, not consensus.
 */
@NullMarked
package io.cairn.server.formation;

import org.jspecify.annotations.NullMarked;
