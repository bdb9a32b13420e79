package io.windlass.shim.process;

import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import io.windlass.shim.program.ProgramCompiler;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.Namespaces;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A pod's init behind its pidfd.
 *
 * @param blocking waits for its end where that may be long
 */
record PodInitProcess(PidFd process, long startTime, BlockingCalls blocking) implements PodInit {
    private static final String NAME = "windlass-init";

    /** Kills the init of that pod, of which its daemon did not come to know; false where there is none. */
    static boolean killLeft(String id) throws IOException {
        return LeftShims.killByArguments(NAME + "\0" + id + "\0") > 0;
    }

    static PodInit start(ProgramCompiler compiler, ShimSpawn spawn, BlockingCalls blocking, String id, Namespaces pod, CgroupJoin cgroup)
            throws IOException {
        Fd nothing = spawn.nothing();
        ShimSpawn.Started started = spawn.startAnother(compiler.podInit(pod, cgroup), List.of(NAME, id),
                Map.of(0, nothing, 1, nothing, 2, nothing),
                List.of(), List.of());
        try (PidFd parent = started.program()) {
            parent.waitExit();
            return open(started.pid(), blocking);
        } catch (IOException | RuntimeException | Error e) {
            Processes.kill(started.pid(), Processes.SIGKILL); // it sleeps until somebody does this, so the number is its own
            throw e;
        }
    }

    private static PodInitProcess open(int pid, BlockingCalls blocking) throws IOException {
        PidFd init = PidFd.open(pid);
        try {
            return new PodInitProcess(init, ProcFile.startTime(pid), blocking);
        } catch (IOException e) {
            init.close();
            throw e;
        }
    }

    @Override
    public int pid() {
        return process.pid();
    }

    @Override
    public boolean hasEnded() throws IOException {
        return process.hasExited();
    }

    @Override
    public boolean kill(Duration timeout) throws IOException {
        process.sendSignal(Processes.SIGKILL);
        return blocking.call(() -> process.awaitExit((int) timeout.toMillis()));
    }

    @Override
    public void close() {
        process.close();
    }
}
