package io.windlass.shim.process;

import java.io.IOException;

/** The init of a pod that shares its PID namespace: process 1 of that namespace, which only reaps. SIGTERM or SIGKILL ends it, and with it the namespace. */
public interface PodInit extends AutoCloseable {
    /** Returns the number in the host's PID namespace; {@code /proc/PID/ns/pid} is the namespace to pin or join. */
    int pid();

    /** Returns when it was started, in clock ticks since boot. */
    long startTime();

    /** Kills it and everything in its PID namespace, and waits for the end (milliseconds). Does nothing where it has ended. */
    void kill() throws IOException;

    /** Lets go of it; it runs on. */
    @Override
    void close();
}
