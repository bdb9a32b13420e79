package io.windlass.shim.process;

import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.program.ProgramCompiler;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.UserNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A process in a new user namespace, and in others that this one owns, for as long as it takes to set them up and pin them: a process of many threads,
 * as the daemon, cannot make one itself. It ends when it is closed, and with the daemon.
 */
public final class NamespaceHolder implements AutoCloseable {
    private final PidFd process;
    private final Fd end;

    private NamespaceHolder(PidFd process, Fd end) {
        this.process = process;
        this.end = end;
    }

    static NamespaceHolder start(ProgramCompiler compiler, ShimSpawn spawn, NamespaceSpec net, NamespaceSpec ipc, NamespaceSpec uts)
            throws IOException {
        FileIo.Pipe pipe = FileIo.pipe2(0);
        try {
            ShimSpawn.Started started = spawn.startAnother(compiler.holder(net, ipc, uts), List.of(LeftShims.IMAGE),
                    Map.of(0, pipe.read(), 1, spawn.nothing(), 2, spawn.nothing()), List.of(pipe.read()), List.of(pipe.write()));
            return new NamespaceHolder(started.program(), pipe.write());
        } catch (IOException | RuntimeException | Error e) {
            pipe.close();
            throw e;
        }
    }

    /** Returns its number on the host; {@code /proc/PID/ns} are the namespaces. */
    public int pid() {
        return process.pid();
    }

    /** Writes the mapping of the user namespace, once. */
    public void map(UserNamespace mapping) throws IOException {
        Path directory = Path.of("/proc", Integer.toString(pid()));
        Files.writeString(directory.resolve("uid_map"), "0 " + mapping.hostUid() + " " + mapping.length());
        Files.writeString(directory.resolve("gid_map"), "0 " + mapping.hostGid() + " " + mapping.length());
    }

    /** Ends it. What is pinned stays. */
    @Override
    public void close() throws IOException {
        end.close();
        process.waitExit();
        process.close();
    }
}
