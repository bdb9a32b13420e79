package io.windlass.cri.stream;

/** What is done with the streams of one connection. Called on the connection's event loop only. */
interface StreamService {

    /**
     * The client has opened a stream.
     *
     * @return whether it makes sense here; if not it is refused
     */
    boolean opened(ClientStream stream);

    /** The client is gone: everything of it goes too. */
    void disconnected();
}
