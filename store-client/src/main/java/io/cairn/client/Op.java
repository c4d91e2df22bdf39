package io.cairn.client;

/** One operation on the keyspace, alone or within a transaction. */
public sealed interface Op permits PutOp, DeleteOp, RangeOp, Txn {}
