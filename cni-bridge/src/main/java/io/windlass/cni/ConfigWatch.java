package io.windlass.cni;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Inotify;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says when something changes in a directory, which need not exist yet: then it is its nearest ancestor that is watched. See inotify(7). */
final class ConfigWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatch.class);
    private static final int CHANGES = Inotify.IN_CLOSE_WRITE | Inotify.IN_MOVED_TO | Inotify.IN_MOVED_FROM | Inotify.IN_DELETE
            | Inotify.IN_CREATE | Inotify.IN_DELETE_SELF | Inotify.IN_MOVE_SELF | Inotify.IN_ONLYDIR;
    private static final int GONE = Inotify.IN_IGNORED | Inotify.IN_DELETE_SELF | Inotify.IN_MOVE_SELF;

    private final Path directory;
    private final Runnable changed;
    private final Inotify inotify;
    private final FileIo.Pipe end;
    private final Thread thread;
    private Path watched;
    private int watch = -1;

    private ConfigWatch(Path directory, Runnable changed, Inotify inotify, FileIo.Pipe end) {
        this.directory = directory;
        this.watched = directory;
        this.changed = changed;
        this.inotify = inotify;
        this.end = end;
        this.thread = Thread.ofPlatform().name("cni-config-watch").daemon().unstarted(this::run);
    }

    /** @param changed called on the watch's thread, at its start and after changes */
    static ConfigWatch start(Path directory, Runnable changed) throws IOException {
        Inotify inotify = Inotify.create();
        try {
            ConfigWatch watch = new ConfigWatch(directory, changed, inotify, FileIo.pipe2(0));
            watch.thread.start();
            return watch;
        } catch (IOException e) {
            inotify.close();
            throw e;
        }
    }

    private void run() {
        try {
            while (true) {
                Path wanted = existing();
                if (watch < 0 || !wanted.equals(watched)) {
                    watch(wanted);
                    continue; // what was made before there was a watch is seen by another look
                }
                changed.run();
                FileIo.poll(List.of(inotify.fd(), end.read()), FileIo.POLLIN, -1);
                if (FileIo.poll(end.read(), FileIo.POLLIN, 0) != 0) {
                    return;
                }
                for (Inotify.Event event : inotify.await(0)) {
                    if (event.watch() == watch && (event.mask() & GONE) != 0) {
                        watch = -1;
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("event=network.unwatched directory={} error=\"{}\"", directory, e.getMessage()); // changes count at the next use all the same
        }
    }

    private Path existing() {
        Path path = directory;
        while (!Files.isDirectory(path) && path.getParent() != null) {
            path = path.getParent();
        }
        return path;
    }

    private void watch(Path wanted) throws IOException {
        if (watch >= 0) {
            inotify.removeWatch(watch);
        }
        try {
            watch = inotify.addWatch(wanted.toString(), CHANGES);
            watched = wanted;
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) { // else it is gone since it was looked at
                throw e;
            }
            watch = -1;
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        end.write().close();
        thread.join();
        inotify.close();
        end.close();
    }
}
