/**
 * Pages and pictures of a run, from its history and its verdict alone. They stand by themselves: no
 * network, no script from elsewhere. Knows no cluster and no client.
 */
@NullMarked
package io.cairn.chaos.report;

import org.jspecify.annotations.NullMarked;
