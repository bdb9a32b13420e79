package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the streams of a client's connection, in both directions. Used on the connection's event loop only. */
interface ClientStream {

    /** Bytes that a buffer given to {@link #write} has free before its first: a frame's header is put there. */
    int HEADROOM = 16;

    /** The headers that are ever asked for. */
    List<String> HEADERS = List.of("streamtype", "port", "requestid");

    /** What the client sends on this stream. */
    interface Receiver {

        /** Takes bytes, and the buffer. */
        void data(ByteBuf bytes);

        /** Nothing more will come. */
        void end();

        /** The client wants to hear nothing more on this stream either; after {@link #end()}. */
        default void reset() {}
    }

    /** One of the {@link #HEADERS} the stream was opened with, null where it was opened without. */
    @Nullable
    String header(String name);

    /** The stream's number, odd and ascending in SPDY. */
    int id();

    /** From now on the client's bytes go there; before, they are dropped. Is told at once of a reset that has come before. */
    void receiver(Receiver receiver);

    /** Sends bytes, with {@link #HEADROOM} before them; takes the buffer. Nothing is sent before a flush of {@link Flow}. */
    void write(ByteBuf data);

    /** Says that no more will be sent. */
    void finish();

    /** Whether {@link #finish()} reaches the client. */
    default boolean tellsItsEnd() {
        return true;
    }

    /** Says that neither side shall send any more, for something is wrong. */
    void reset();
}
