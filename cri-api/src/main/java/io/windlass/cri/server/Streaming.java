package io.windlass.cri.server;

import java.util.function.Consumer;

/** What answers one RPC with several messages; runs on a thread of its own and may block. */
@FunctionalInterface
interface Streaming<Q, R> {

    /** Hands every answer to the sink, which fails once the client has gone. */
    void call(Q request, Consumer<R> sink) throws Exception;
}
