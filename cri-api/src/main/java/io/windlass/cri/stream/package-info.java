/**
 * Exec, attach and port-forward: the calls that hand out one-time URLs and the server behind them.
 *
 * <p>
 * A client asks over the CRI socket and gets a URL ({@link io.windlass.cri.stream.PendingRequests}). It connects there and upgrades the
 * connection to SPDY/3.1 or WebSocket ({@link io.windlass.cri.stream.StreamServer}), which gives a few {@code ClientStream}s. Their other
 * ends are file descriptors from a {@link io.windlass.cri.stream.StreamTarget}. Everything of one connection happens on one event loop, which
 * also waits for the descriptors: no thread and no copy of its own for any stream, and memory bounded by the marks of {@code Flow}.
 */
@NullMarked
package io.windlass.cri.stream;

import org.jspecify.annotations.NullMarked;
