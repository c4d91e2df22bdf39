package io.cairn.client.job;

import io.cairn.client.Bytes;
import io.cairn.client.Fault;
import java.util.Optional;

/**
 * An item that is left out.
 *
 * @param fault the last one
 */
public record QuarantinedItem(Bytes item, int failures, Optional<Fault> fault) {}
