package io.windlass.cri.container;

/**
 * How a running container is found again by a later daemon.
 *
 * @param shimPid the shim's pid on the host
 * @param startTime when the shim was started, in clock ticks since boot: with the pid it names one process for ever
 * @param initPid the pid on the host of the container's init
 * @param boot the id of the boot that the pids belong to
 */
public record ShimRef(int shimPid, long startTime, int initPid, String boot) {
    /** One that nobody will find. */
    static final ShimRef GONE = new ShimRef(0, 0, 0, "");
}
