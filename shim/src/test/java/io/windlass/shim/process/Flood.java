package io.windlass.shim.process;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import java.io.IOException;
import java.util.Arrays;

/** Somebody who goes on writing after the container or command whose output it was has ended. */
final class Flood {
    /** What a pipe holds once it has been filled. */
    static final int PIPE_BYTES = 1 << 20;
    private static final int CHUNKS = 512;

    private Flood() {}

    /** Makes a pipe large and fills it; returns the end to write to. */
    static Fd fill(FileIo.Pipe pipe) throws IOException {
        Fcntl.setPipeSize(pipe.write(), PIPE_BYTES);
        pipe.write().writeFully(text(PIPE_BYTES));
        return pipe.write();
    }

    /** Writes as fast as it is read, until nobody does, or for 32 MiB: a test that fails shall end. */
    static Thread start(Fd to) {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                byte[] chunk = text(64 * 1024);
                for (int i = 0; i < CHUNKS; i++) {
                    to.writeFully(chunk);
                }
            } catch (IOException e) {
                // nobody reads any more
            }
        });
    }

    static byte[] text(int bytes) {
        byte[] text = new byte[bytes];
        Arrays.fill(text, (byte) 'x');
        return text;
    }
}
