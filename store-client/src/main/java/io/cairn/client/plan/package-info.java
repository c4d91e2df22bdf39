/**
 * How often and how many times over to try: the arithmetic of retries, replicas and spare workers.
 * Knows no cluster and no task; what comes out is numbers for a person, or for who sets up a batch.
 * Everything here is immutable and may be used from any thread.
 */
@NullMarked
package io.cairn.client.plan;

import org.jspecify.annotations.NullMarked;
