/** Tests of the client plane over a real engine behind a group of one, without consensus. */
package io.cairn.server.rpc;
