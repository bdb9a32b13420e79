package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One channel of a WebSocket connection: every message starts with its number. */
final class WebSocketStream implements ClientStream {

    private final WebSocketSession session;
    private final int channel;
    private final Map<String, String> headers;
    private Receiver receiver = Discard.INSTANCE;
    private boolean finished;
    private boolean ended;

    /**
     * A channel.
     *
     * @param headers what a SPDY client would have said of such a stream
     */
    WebSocketStream(WebSocketSession session, int channel, Map<String, String> headers) {
        this.session = session;
        this.channel = channel;
        this.headers = headers;
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public int id() {
        return channel;
    }

    @Override
    public void receiver(Receiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public void write(ByteBuf data) {
        if (finished) {
            data.release();
        } else {
            session.send(channel, data);
        }
    }

    /** No version of the protocol tells a client that a single channel has ended. */
    @Override
    public void finish() {
        finished = true;
    }

    @Override
    public boolean tellsItsEnd() {
        return false;
    }

    @Override
    public void reset() {
        finished = true;
        inputOver();
    }

    /** The client has sent bytes. */
    void received(ByteBuf bytes) {
        if (ended) {
            bytes.release();
        } else {
            receiver.data(bytes);
        }
    }

    /** The client will send no more. */
    void inputOver() {
        if (!ended) {
            ended = true;
            receiver.end();
        }
    }
}
