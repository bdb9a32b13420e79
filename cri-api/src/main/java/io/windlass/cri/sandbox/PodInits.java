package io.windlass.cri.sandbox;

import io.windlass.cri.store.ObjectId;
import java.io.IOException;

/** The inits of pods that share a PID namespace. */
interface PodInits {
    /** Starts the init of the sandbox unless it runs. */
    void ensure(SandboxRecord sandbox, SandboxPaths paths) throws IOException;

    /** Returns its pid on the host, or 0. */
    int pid(ObjectId sandbox);

    /** Ends it, and with it all that is left in the namespace. Repeatable. */
    void stop(SandboxRecord sandbox, SandboxPaths paths) throws IOException;
}
