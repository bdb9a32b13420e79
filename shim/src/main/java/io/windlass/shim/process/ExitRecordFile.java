package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Syscall;
import io.windlass.shim.program.ExitRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The file that tells of a container's start and end, see {@link ExitRecord}. */
public final class ExitRecordFile {
    private static final int MOST = 4096;
    private static final int APPEND = Fcntl.O_RDWR | Fcntl.O_APPEND | Fcntl.O_NOFOLLOW | Fcntl.O_CLOEXEC;

    private ExitRecordFile() {}

    /** Makes the file for one start, always a new one: what is left of an earlier start has no part in it. What it will take has its room from now on. */
    static Fd create(Path path) throws IOException {
        Fd file = createNew(path);
        try {
            file.writeFully(word(ExitRecord.HEAD));
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static Fd createNew(Path path) throws IOException {
        int flags = APPEND | Fcntl.O_CREAT | Fcntl.O_EXCL;
        try {
            return Syscall.openat(Fd.CWD, path.toString(), flags, 0600);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            Syscall.unlinkat(Fd.CWD, path.toString(), 0);
            return Syscall.openat(Fd.CWD, path.toString(), flags, 0600);
        }
    }

    /**
     * Calls off a start over which its daemon was killed.
     *
     * @return whether the container's program will never run; else it runs, or did, or could not be executed
     */
    public static boolean callOff(Path path) throws IOException {
        try (Fd file = Syscall.openat(Fd.CWD, path.toString(), APPEND, 0)) {
            file.writeFully(word(ExitRecord.CALLED_OFF));
            byte[] first = new byte[ExitRecord.WORD];
            return file.pread(first, ExitRecord.WORD, ExitRecord.WORD) < ExitRecord.WORD
                    || !Arrays.equals(first, word(ExitRecord.STARTED));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return true;
            }
            throw e;
        }
    }

    /** Reads how a container ended whose shim is gone; empty where that left no record. */
    public static Optional<ExitStatus> exitOf(String id, Path path) throws IOException {
        byte[] bytes = new byte[MOST];
        try (Fd file = Syscall.openat(Fd.CWD, path.toString(), Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW, 0)) {
            int length = file.read(bytes, MOST);
            return ExitRecord.parse(Arrays.copyOf(bytes, length))
                    .map(exit -> ExitStatus.ofWaitStatus(id, exit.waitStatus(), exit.at()));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static byte[] word(long word) {
        return ByteBuffer.allocate(ExitRecord.WORD).order(ByteOrder.LITTLE_ENDIAN).putLong(word).array();
    }
}
