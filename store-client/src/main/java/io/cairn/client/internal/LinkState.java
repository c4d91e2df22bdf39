package io.cairn.client.internal;

/**
 * What a {@link Link} is doing.
 *
 * <pre>
 * IDLE       no connection, and none wanted          -> CONNECTING when something is to do
 * PAUSING    no connection, another attempt later    -> CONNECTING after the backoff
 * CONNECTING waiting for the welcome                 -> SERVING or PARKED on welcome, PAUSING on loss
 * SERVING    sends                                   -> PARKED when told NOT_LEADER and not who is
 * PARKED     connected to a node that does not lead  -> CONNECTING or SERVING when told who leads
 * </pre>
 */
enum LinkState {
  IDLE,
  PAUSING,
  CONNECTING,
  SERVING,
  PARKED
}
