package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.Fd;
import java.io.IOException;

/**
 * The source of a stream in the set that the pump waits for. It is out of it while it is not wanted, or held by a file system that hangs: a hang-up
 * would be told again and again.
 */
final class LogSource {
    private final Epoll epoll;
    private final Fd fd;
    private final long token;
    private boolean wanted;
    private boolean held;
    private boolean inSet;

    LogSource(Epoll epoll, Fd fd, long token) {
        this.epoll = epoll;
        this.fd = fd;
        this.token = token;
    }

    synchronized void want(boolean want) throws IOException {
        wanted = want;
        settle();
    }

    synchronized boolean isHeld() {
        return held;
    }

    synchronized void hold(boolean hold) throws IOException {
        held = hold;
        settle();
    }

    private void settle() throws IOException {
        boolean in = wanted && !held;
        if (in == inSet) {
            return;
        }
        if (!fd.isOpen()) {
            return; // closed by its owner meanwhile, which took it out of the set
        }
        if (in) {
            epoll.add(fd, Epoll.EPOLLIN, token);
        } else {
            epoll.delete(fd);
        }
        inSet = in;
    }
}
