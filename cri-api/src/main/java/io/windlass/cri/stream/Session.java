package io.windlass.cri.stream;

/** The protocol over which the streams of one connection are carried. */
interface Session {

    /** Writes the frame that says nothing more will come on any stream. */
    void goodbye();
}
