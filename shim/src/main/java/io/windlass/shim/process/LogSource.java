package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

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
    /** Always ready: the pump is told of the stream though the source may never tell of anything. */
    private @Nullable Fd reminder;

    LogSource(Epoll epoll, Fd fd, long token) {
        this.epoll = epoll;
        this.fd = fd;
        this.token = token;
    }

    synchronized void want(boolean want) throws IOException {
        wanted = want;
        settle();
    }

    /** From {@link #want} on the pump is told of the stream until this is {@link #heeded}. */
    synchronized void remind() throws IOException {
        reminder = FileIo.eventfd(1);
    }

    synchronized boolean reminds() {
        return reminder != null;
    }

    /** The pump has been there. */
    synchronized void heeded() {
        if (reminder != null) {
            reminder.close();
            reminder = null;
        }
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
        settle(fd, in);
        inSet = in;
        if (reminder != null) {
            settle(reminder, in);
        }
    }

    private void settle(Fd one, boolean in) throws IOException {
        if (in) {
            epoll.add(one, Epoll.EPOLLIN, token);
        } else {
            epoll.delete(one);
        }
    }
}
