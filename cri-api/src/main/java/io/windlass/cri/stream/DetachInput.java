package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** Looks for keys in what a person types, however it is cut. What may be the beginning of them is held back until the next byte tells. */
final class DetachInput implements ClientStream.Receiver {

    private final byte[] keys;
    private final ClientStream.Receiver input;
    private final Runnable detach;
    /** How many of the keys have come; these are held back. */
    private int held;
    private boolean detached;

    DetachInput(byte[] keys, ClientStream.Receiver input, Runnable detach) {
        this.keys = keys;
        this.input = input;
        this.detach = detach;
    }

    @Override
    public void data(ByteBuf bytes) {
        if (detached) {
            bytes.release();
            return;
        }
        if (held == 0 && bytes.indexOf(bytes.readerIndex(), bytes.writerIndex(), keys[0]) < 0) {
            input.data(bytes);
            return;
        }
        ByteBuf passed = Unpooled.buffer(held + bytes.readableBytes());
        while (bytes.isReadable() && held < keys.length) {
            take(bytes.readByte(), passed);
        }
        bytes.release();
        input.data(passed);
        if (held == keys.length) {
            detached = true;
            detach.run();
        }
    }

    private void take(byte key, ByteBuf passed) {
        int before = held;
        while (held > 0 && keys[held] != key) {
            held = shorter(held);
        }
        passed.writeBytes(keys, 0, before - held);
        if (keys[held] == key) {
            held++;
        } else {
            passed.writeByte(key);
        }
    }

    /** How many of the last of so many keys are the first keys again, less than all of them. */
    private int shorter(int count) {
        int again = count - 1;
        while (!Arrays.equals(keys, count - again, count, keys, 0, again)) {
            again--;
        }
        return again;
    }

    @Override
    public void end() {
        if (!detached) {
            input.data(Unpooled.copiedBuffer(keys, 0, held));
            held = 0;
            input.end();
        }
    }
}
