package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes text out of a pipe in two steps, so that it is somewhere at every moment: look, and take when it has been written. See tee(2). */
final class PipeHandover implements AutoCloseable {
    private static final int PIPE_BYTES = 1 << 20;

    private final LogJournal journal;
    private final Fd text;
    private final FileIo.Pipe copy;
    private final Fd nowhere;

    private PipeHandover(LogJournal journal, Fd text, FileIo.Pipe copy, Fd nowhere) {
        this.journal = journal;
        this.text = text;
        this.copy = copy;
        this.nowhere = nowhere;
    }

    static PipeHandover open(LogJournal journal) throws IOException {
        Fd text = journal.openForText();
        try {
            return open(journal, text, FileIo.pipe2(Fcntl.O_NONBLOCK));
        } catch (IOException e) {
            text.close();
            throw e;
        }
    }

    private static PipeHandover open(LogJournal journal, Fd text, FileIo.Pipe copy) throws IOException {
        try {
            Fcntl.allowPipeSize(copy.write(), PIPE_BYTES);
            return new PipeHandover(journal, text, copy, Syscall.openat(Fd.CWD, "/dev/null", Fcntl.O_WRONLY, 0));
        } catch (IOException e) {
            copy.close();
            throw e;
        }
    }

    LogJournal journal() {
        return journal;
    }

    /**
     * Reads what is at the head of a pipe and leaves it there.
     *
     * @return how much; 0 at the end of the stream
     * @throws ErrnoException EAGAIN where nothing is there
     */
    int look(Fd source, ByteBuffer into) throws IOException {
        int there = (int) FileIo.tee(source, copy.write(), into.remaining());
        for (int read = 0; read < there;) {
            read += copy.read().read(into);
        }
        return there;
    }

    /** Takes what was looked at. */
    void take(Fd source, int count) throws IOException {
        for (long left = count; left > 0;) {
            long taken = splice(source, left);
            if (taken <= 0) {
                throw new IOException("text that was seen in " + source + " is not there any more");
            }
            left -= taken;
        }
        journal.end(text);
    }

    private long splice(Fd source, long count) throws IOException {
        try {
            return FileIo.splice(source, text, count);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOSPC) {
                throw e;
            }
            return FileIo.splice(source, nowhere, count);
        }
    }

    @Override
    public void close() {
        text.close();
        copy.close();
        nowhere.close();
    }
}
