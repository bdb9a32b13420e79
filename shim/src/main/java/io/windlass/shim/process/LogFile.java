package io.windlass.shim.process;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One container's log file, or none. Whole records go in, and where a write fails half-way the half is taken out again. What could not be written is
 * counted, and told by a record of its own as soon as one can be written: a reader must not take what is there for all.
 */
final class LogFile implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LogFile.class.getName());
    private static final int FLAGS = Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_APPEND | Fcntl.O_NOFOLLOW | Fcntl.O_NONBLOCK;
    private static final int MODE = 0640;

    private final ContainerLogs.Place place;
    private @Nullable Path path;
    private @Nullable Fd fd;
    /** There is to be a file, and it is not open yet. */
    private boolean pending;
    private Mending mending = () -> {
    };
    private long dropped;
    private long untold;
    private String reason = "";
    private volatile long device;

    /** What an earlier daemon has left in the file to do. */
    @FunctionalInterface
    interface Mending {
        void mend() throws IOException;
    }

    private LogFile(ContainerLogs.Place place) {
        this.place = place;
    }

    /** The directory is there. The file is opened by whoever needs it first, who may have to wait for its file system. */
    static LogFile at(@Nullable Path path) throws IOException {
        LogFile file = new LogFile(() -> path);
        file.find();
        return file;
    }

    /** The same where the place cannot be had now, perhaps: then it is looked for again whenever there is something to write. */
    static LogFile sought(ContainerLogs.Place place) {
        LogFile file = new LogFile(place);
        try {
            file.find();
        } catch (IOException e) {
            file.postpone(e);
        }
        return file;
    }

    private void find() throws IOException {
        pending = true;
        path = place.find();
        pending = path != null;
        Path directory = path == null ? null : path.getParent();
        if (directory != null) {
            device = Syscall.statx(Fd.CWD, directory.toString(), 0).device();
        }
    }

    private void postpone(IOException e) {
        if (reason.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "a container's log cannot be had, which is tried again", e);
        }
        reason = String.valueOf(e.getMessage());
    }

    /** Before anything is written to the file this is done. */
    synchronized void mendBy(Mending left) {
        mending = left;
    }

    /** Opens the file. */
    synchronized void open() throws IOException {
        fd = open(path);
        pending = false;
        mending.mend();
    }

    private @Nullable Fd open(@Nullable Path path) throws IOException {
        if (path == null) {
            return null;
        }
        Fd opened = Syscall.openat2(Fd.CWD, path.toString(), FLAGS, MODE, Fcntl.RESOLVE_NO_SYMLINKS);
        try {
            device = Syscall.fstat(opened).device();
            return opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    /** Returns the device of the file's file system; never waits for it. */
    long device() {
        return device;
    }

    synchronized void reopen() throws IOException {
        if (pending) {
            find();
            open();
            return;
        }
        Fd fresh = open(place.find());
        Fd old = fd;
        fd = fresh;
        if (old != null) {
            old.close();
        }
    }

    /** Tells whether there is a file to write to. */
    synchronized boolean isThere() {
        openFirst();
        return fd != null;
    }

    /** Tells whether there is a file to write to or will be one: until then what is written is lost, and counted. */
    synchronized boolean isWanted() {
        return pending || fd != null;
    }

    /** One that cannot be opened costs the output, not the container. */
    private void openFirst() {
        if (pending) {
            try {
                find();
                open();
            } catch (IOException e) {
                if (pending) {
                    postpone(e);
                } else {
                    LOG.log(System.Logger.Level.WARNING, "log " + path + " cannot be mended", e);
                }
            }
        }
    }

    /** Writes whole records; those that cannot be written are counted as dropped. */
    synchronized void write(ByteBuffer records, int count) {
        Fd file = fd;
        if (file == null) {
            drop(pending ? count : 0);
            return;
        }
        try {
            tell(file);
            append(file, records);
        } catch (IOException e) { // the container goes on; the count tells
            drop(count);
            reason = String.valueOf(e.getMessage());
        }
    }

    /** Counts what could not even be made into records: as one. */
    synchronized void lost(String why) {
        drop(1);
        reason = why;
    }

    private void drop(int count) {
        dropped += count;
        untold += count;
    }

    private static void append(Fd file, ByteBuffer records) throws IOException {
        int start = records.position();
        try {
            file.writeFully(records);
        } catch (IOException e) {
            takeBack(file, records.position() - start);
            throw e;
        }
    }

    private void tell(Fd file) throws IOException {
        if (untold > 0) {
            ByteBuffer time = ByteBuffer.allocate(LogTime.BYTES);
            new LogTime().put(Instant.now(), time);
            String record = new String(time.array(), StandardCharsets.US_ASCII) + " stderr F windlass lost " + untold
                    + " records of this log: "
                    + reason + "\n";
            byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
            append(file, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
            untold = 0;
        }
    }

    /** Tells what was lost last, if it can be told. */
    synchronized void tellAll() {
        try {
            if (fd != null) {
                tell(fd);
            }
        } catch (IOException e) {
            reason = String.valueOf(e.getMessage()); // there is still no room: the count tells
        }
    }

    private static void takeBack(Fd file, int written) {
        if (written > 0) {
            try {
                FileIo.ftruncate(file, Syscall.fstat(file).size() - written);
            } catch (IOException e) {
                // a full or broken disk that cannot even shorten a file leaves one torn record, which readers pass over
            }
        }
    }

    /** Returns how long the file is. */
    synchronized long size() throws IOException {
        return fd == null ? 0 : Syscall.fstat(fd).size();
    }

    /** Takes the end of the file away, if it is longer than this. Where that cannot be done, what comes is in it all the same. */
    synchronized void cutTo(long size) {
        try {
            if (fd != null && size() > size) {
                FileIo.ftruncate(fd, size);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "log " + path + " cannot be cut, so some records are in it twice", e);
        }
    }

    synchronized long dropped() {
        return dropped;
    }

    @Override
    public synchronized void close() {
        tellAll();
        if (fd != null) {
            fd.close();
            fd = null;
        }
    }
}
