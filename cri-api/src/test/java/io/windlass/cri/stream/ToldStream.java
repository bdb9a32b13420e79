package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A stream without a connection: it keeps what it is told. */
final class ToldStream implements ClientStream {

    private final Map<String, String> headers;
    private final StringBuilder text = new StringBuilder();
    private Receiver receiver = Discard.INSTANCE;
    boolean finished;
    boolean reset;

    ToldStream(Map<String, String> headers) {
        this.headers = headers;
    }

    /** All that was written. */
    String text() {
        return text.toString();
    }

    /** The client wants neither to send nor to hear more. */
    void resetByClient() {
        receiver.end();
        receiver.reset();
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public int id() {
        return 1;
    }

    @Override
    public void receiver(Receiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public void write(ByteBuf data) {
        text.append(data.toString(StandardCharsets.UTF_8));
        data.release();
    }

    @Override
    public void finish() {
        finished = true;
    }

    @Override
    public void reset() {
        reset = true;
        receiver.end();
    }
}
