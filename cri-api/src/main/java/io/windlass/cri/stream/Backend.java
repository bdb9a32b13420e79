package io.windlass.cri.stream;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * What all connections of a server share.
 *
 * @param target   where containers and sandboxes are
 * @param idle     how long nothing may come or go before a client is taken for dead
 * @param keys     end an attach to a terminal
 * @param blocking runs what may block
 */
record Backend(StreamTarget target, Duration idle, DetachKeys keys, Executor blocking) {}
