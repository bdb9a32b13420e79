package io.windlass.shim.process;

/**
 * What {@link Launcher#adopt} takes a container up by.
 *
 * @param startTime when the shim was started, in clock ticks since boot
 * @param initPid the number of the container's init; 0 where it has ended
 */
public record LeftShim(int pid, long startTime, int initPid) {}
