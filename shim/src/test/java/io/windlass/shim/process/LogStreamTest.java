package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class LogStreamTest {
    @TempDir
    Path dir;

    @Test
    void takesAtItsEndWhatIsInAPipeThatSomebodyKeepsFull() throws Exception {
        try (FileIo.Pipe pipe = FileIo.pipe2(0)) {
            Thread flood = Flood.start(Flood.fill(pipe));
            assertThat(finish(pipe.read(), true)).isEqualTo(Flood.PIPE_BYTES);
            pipe.read().close();
            flood.join();
        }
    }

    @Test
    void takesAtItsEndABoundedPartOfWhatSomebodyWritesToATerminal() throws Exception {
        try (Fd master = Terminal.openMaster(Fd.CWD, "/dev/ptmx"); Fd peer = Terminal.openPeer(master)) {
            Thread flood = Flood.start(peer);
            assertThat(FileIo.poll(master, FileIo.POLLIN, -1)).isEqualTo(FileIo.POLLIN);
            assertThat(finish(master, false)).isBetween(1L, (long) LogStream.TERMINAL_BYTES);
            master.close();
            flood.join();
        }
    }

    /** The kernel tells only of 4 KiB of it. */
    @Test
    void takesAtItsEndAllThatATerminalHolds() throws Exception {
        try (Fd master = Terminal.openMaster(Fd.CWD, "/dev/ptmx"); Fd peer = Terminal.openPeer(master)) {
            peer.writeFully(Flood.text(8000));
            assertThat(finish(master, false)).isEqualTo(8000);
        }
    }

    /** Returns how many characters have come into the log. */
    private long finish(Fd source, boolean pipe) throws IOException {
        Path path = dir.resolve("log");
        try (Epoll epoll = Epoll.create(); LogFile file = new LogFile(path)) {
            new LogStream("c1", ContainerLog.Stream.OUT, source, pipe, file, epoll, 1)
                    .finish(new LogBuffers(ContainerLogs.DEFAULT_MAX_LINE, null));
        }
        return Files.readString(path).chars().filter(c -> c == 'x').count();
    }
}
