package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.ClusterOptions;
import io.cairn.chaos.cluster.ServerCluster;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A kind of fault, as the command line lists it.
 *
 * @param name such as {@code power-cut}
 * @param family such as {@code disk}
 * @param colour of its time on pages, as {@code #rrggbb}
 * @param description one line
 * @param needs what the machine and the cluster must have, in words
 * @param missing what of it this machine lacks, if anything
 * @param prepare makes a cluster fit for it
 */
public record FaultKind(
    String name,
    String family,
    String colour,
    String description,
    String needs,
    Supplier<Optional<String>> missing,
    UnaryOperator<ClusterOptions> prepare,
    BiFunction<FaultKind, ServerCluster, Fault> opening) {}
