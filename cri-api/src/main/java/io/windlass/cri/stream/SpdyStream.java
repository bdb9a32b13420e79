package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.SpdyHeaders;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One stream of a SPDY connection, opened by the client. */
final class SpdyStream implements ClientStream {

    private static final int HEADER = 8;
    private static final byte FLAG_FIN = 1;

    private final SpdySession session;
    private final int id;
    private final Map<String, String> headers = new HashMap<>();
    private Receiver receiver = Discard.INSTANCE;
    private boolean finished;
    private boolean ended;

    /**
     * A stream.
     *
     * @param headers what the client says of it, of which only that is kept which is asked for: a thousand names without a value are 80 KB
     */
    SpdyStream(SpdySession session, int id, SpdyHeaders headers) {
        this.session = session;
        this.id = id;
        for (String name : HEADERS) {
            String value = headers.getAsString(name);
            if (value != null) {
                this.headers.put(name, value);
            }
        }
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public void receiver(Receiver receiver) {
        this.receiver = receiver;
        if (finished && ended) {
            receiver.reset();
        }
    }

    /** The header of a data frame is put before the bytes, so that they are not copied. See SPDY/3.1, 2.2.2 Data frames. */
    @Override
    public void write(ByteBuf data) {
        if (finished) {
            data.release();
            return;
        }
        int start = data.readerIndex() - HEADER;
        data.setInt(start, id).setInt(start + 4, data.readableBytes()).readerIndex(start);
        session.send(data);
    }

    @Override
    public void finish() {
        if (!finished) {
            finished = true;
            session.send(Unpooled.buffer(HEADER).writeInt(id).writeByte(FLAG_FIN).writeMedium(0));
            forgetWhenOver();
        }
    }

    @Override
    public void reset() {
        if (!finished || !ended) {
            finished = true;
            session.sendReset(id);
            inputOver();
        }
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
        forgetWhenOver();
    }

    /** The client wants neither to send nor to hear more. */
    void resetByClient() {
        finished = true;
        inputOver();
        receiver.reset();
    }

    private void forgetWhenOver() {
        if (finished && ended) {
            session.forget(id);
        }
    }
}
