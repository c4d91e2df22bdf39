package io.cairn.client;

import java.util.List;

/**
 * A transaction that ran.
 *
 * @param succeeded whether the conditions held
 * @param results of the operations of the branch that ran, in order
 */
public record TxnResult(long revision, boolean succeeded, List<OpResult> results)
    implements OpResult {}
