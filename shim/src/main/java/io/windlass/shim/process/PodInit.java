package io.windlass.shim.process;

import java.io.IOException;
import java.time.Duration;

/** The init of a pod that shares its PID namespace: process 1 of that namespace, which only reaps. SIGTERM or SIGKILL ends it, and with it the namespace. */
public interface PodInit extends AutoCloseable {
    /** Returns the number in the host's PID namespace; {@code /proc/PID/ns/pid} is the namespace to pin or join. */
    int pid();

    /** Returns when it was started, in clock ticks since boot. */
    long startTime();

    /** Tells whether it has ended, and its namespace with it. */
    boolean hasEnded() throws IOException;

    /**
     * Kills it and everything in its PID namespace, and waits for the end. Does nothing where it has ended.
     *
     * @return false where it is still there after that time: a process in the namespace is stuck in the kernel
     */
    boolean kill(Duration timeout) throws IOException;

    /** Lets go of it; it runs on. */
    @Override
    void close();
}
