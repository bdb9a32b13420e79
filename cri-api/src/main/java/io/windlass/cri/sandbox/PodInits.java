package io.windlass.cri.sandbox;

import io.windlass.cri.store.ObjectId;
import io.windlass.shim.process.NamespaceHolder;
import io.windlass.shim.spec.NamespaceSpec;
import java.io.IOException;

/** The processes of pods: the inits of those that share a PID namespace, and those that make user namespaces. */
interface PodInits {
    /** Starts a process in a new user namespace and in others that it owns, for as long as it takes to pin them. */
    NamespaceHolder hold(NamespaceSpec net, NamespaceSpec ipc, NamespaceSpec uts) throws IOException;

    /** Starts the init of the sandbox unless it runs. */
    void ensure(SandboxRecord sandbox, SandboxPaths paths) throws IOException;

    /** Returns its pid on the host, or 0. */
    int pid(ObjectId sandbox);

    /** Ends it, and with it all that is left in the namespace. Repeatable. */
    void stop(SandboxRecord sandbox, SandboxPaths paths) throws IOException;
}
