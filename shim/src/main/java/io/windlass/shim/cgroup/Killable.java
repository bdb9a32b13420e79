package io.windlass.shim.cgroup;

import java.io.IOException;
import java.time.Duration;

/** A cgroup whose processes can be killed together, and which can be removed then. */
public interface Killable {
    /** Sends SIGKILL to all processes in it and in the cgroups inside, none of which can fork away. Does nothing where it is gone. */
    void kill() throws IOException;

    /**
     * Waits for the last process to end and removes the cgroup with those inside. It does not kill: call {@link #kill} before. Does nothing
     * where it is gone.
     *
     * @throws io.windlass.shim.linux.ErrnoException EBUSY with the processes that are still there after the timeout
     */
    void delete(Duration timeout) throws IOException;
}
