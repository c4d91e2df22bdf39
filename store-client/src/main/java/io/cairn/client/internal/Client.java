package io.cairn.client.internal;

/** What the calls of one client share. */
record Client(Requests requests, LeaseCalls leases, TaskCalls tasks, Callbacks callbacks) {}
