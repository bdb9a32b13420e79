package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;

/** Takes what nobody wants. */
enum Discard implements ClientStream.Receiver {
    INSTANCE;

    @Override
    public void data(ByteBuf bytes) {
        bytes.release();
    }

    @Override
    public void end() {}
}
