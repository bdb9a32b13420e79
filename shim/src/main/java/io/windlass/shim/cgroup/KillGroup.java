package io.windlass.shim.cgroup;

import java.io.IOException;
import java.nio.file.Path;

/** The directory of a cgroup through which all its processes are stopped or killed together. */
sealed interface KillGroup permits UnifiedGroup, FreezerGroup {
    Path directory();

    void freeze() throws IOException;

    void thaw() throws IOException;

    /** Kills all processes inside; nothing where the directory is gone. */
    void kill() throws IOException;

    /** Returns the file by which a process joins. */
    Path joinFile();

    /** Waits until no process is inside, by an event. Returns at the deadline of {@link System#nanoTime} at the latest. */
    void awaitEmpty(long deadline) throws IOException;

    /** Returns the same for a directory inside. */
    KillGroup child(String name);
}
