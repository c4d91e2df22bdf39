package io.cairn.server.group;

import com.google.protobuf.ByteString;
import io.cairn.protocol.v1.Outcome;

/**
 * A command on its way into the log.
 *
 * @param command an encoded {@link io.cairn.protocol.v1.Command} that has been checked
 * @param reply where its outcome goes
 */
public record Proposal(ByteString command, Reply<Outcome> reply) {}
