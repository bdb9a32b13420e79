package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;

/**
 * Takes what nobody wants.
 *
 * @param atReset runs when the client wants to hear nothing more either
 */
record Discard(Runnable atReset) implements ClientStream.Receiver {

    static final Discard INSTANCE = new Discard(() -> {
    });

    @Override
    public void data(ByteBuf bytes) {
        bytes.release();
    }

    @Override
    public void end() {}

    @Override
    public void reset() {
        atReset.run();
    }
}
