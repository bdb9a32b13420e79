package io.windlass.shim.process;

import io.windlass.shim.linux.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A cgroup of the freezer of v1: what was killed in it ends when it is thawed, not before. */
public final class Ice implements AutoCloseable {
    private final Path directory;

    /** Skips the test on a machine without that freezer. */
    public Ice() throws IOException {
        Path freezer = Path.of("/sys/fs/cgroup/freezer");
        assumeTrue(Files.exists(freezer.resolve("tasks")), "no freezer that holds what was killed");
        directory = Files.createDirectory(freezer.resolve("windlass-ice-" + System.nanoTime()));
    }

    /** Returns the file by which a process joins. */
    public Path tasks() {
        return directory.resolve("tasks");
    }

    public void freeze() {
        state("FROZEN");
    }

    public void thaw() {
        state("THAWED");
    }

    private void state(String state) {
        try {
            Files.writeString(directory.resolve("freezer.state"), state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void kill() {
        try {
            for (String process : Files.readAllLines(tasks())) {
                Processes.kill(Integer.parseInt(process), Processes.SIGKILL);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until all have ended that were in it. */
    public void awaitEmpty() throws IOException, InterruptedException {
        while (!Files.readString(tasks()).isEmpty()) {
            Thread.sleep(10);
        }
    }

    @Override
    public void close() throws InterruptedException {
        thaw();
        kill();
        while (!directory.toFile().delete()) {
            Thread.sleep(10);
        }
    }
}
