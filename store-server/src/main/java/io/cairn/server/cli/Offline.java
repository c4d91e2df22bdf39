package io.cairn.server.cli;

/** A command that asks no cluster: its help leaves out the options of a connection. */
interface Offline {}
