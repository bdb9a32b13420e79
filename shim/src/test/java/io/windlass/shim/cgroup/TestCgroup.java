package io.windlass.shim.cgroup;

import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Spawn;
import io.windlass.shim.linux.WaitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

import static org.assertj.core.api.Assertions.assertThat;

/** A cgroup of a test's own on the hierarchies of this machine, and the processes in it. Everything goes with it. */
final class TestCgroup implements AutoCloseable {
    final CgroupDriver driver = CgroupDriver.detect();
    final Cgroup parent = driver.cgroup("/wl-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
    final Cgroup cgroup = driver.cgroup(parent.path().child("box"));
    private final List<PidFd> children = new ArrayList<>();

    TestCgroup() throws IOException {
        cgroup.create();
    }

    /** Starts a shell that joins and goes on as the command, and waits for it to have joined. */
    PidFd start(List<Path> joinFiles, String command) throws IOException {
        StringBuilder script = new StringBuilder();
        joinFiles.forEach(f -> script.append("echo 0 > ").append(f).append(" || exit 9; "));
        int pid = Spawn.of("/bin/sh", List.of("sh", "-c", script + command)).environment(List.of("PATH=/bin:/usr/bin")).start();
        PidFd child = PidFd.open(pid);
        children.add(child);
        Path last = joinFiles.getLast().resolveSibling("cgroup.procs");
        until(() -> Files.readAllLines(last).contains(Integer.toString(pid)) || child.hasExited());
        return child;
    }

    /** Waits for a process that was started here to end. */
    WaitStatus reap(PidFd child) throws IOException {
        children.remove(child);
        try (child) {
            return child.waitExit();
        }
    }

    static void until(Callable<Boolean> condition) throws IOException {
        long deadline = System.nanoTime() + 40_000_000_000L;
        try {
            while (!condition.call()) {
                assertThat(System.nanoTime()).as("forty seconds").isLessThan(deadline);
                LockSupport.parkNanos(200_000);
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    String file(String controller, String name) throws IOException {
        return Files.readString(Path.of("/sys/fs/cgroup", driver.isV2() ? "" : controller, cgroup.path().value().substring(1), name))
                .strip();
    }

    @Override
    public void close() throws IOException {
        for (PidFd child : children) {
            child.sendSignal(9);
            child.waitExit();
            child.close();
        }
        parent.kill();
        parent.delete(Duration.ofSeconds(5));
    }
}
