package io.windlass.cri.server;

/** What answers one RPC; runs on a thread of its own and may block. */
@FunctionalInterface
interface Unary<Q, R> {

    /** The answer; whatever is thrown goes through {@link StatusMapper}. */
    R call(Q request) throws Exception;
}
