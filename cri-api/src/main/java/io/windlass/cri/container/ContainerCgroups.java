package io.windlass.cri.container;

import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.store.ObjectId;
import io.windlass.shim.cgroup.Cgroup;
import io.windlass.shim.cgroup.CgroupDriver;
import io.windlass.shim.cgroup.CgroupPath;
import java.io.IOException;
import java.time.Duration;

/** The cgroups of containers: each below that of its pod, named by the container's id. */
public final class ContainerCgroups {
    private static final Duration LAST_PROCESS = Duration.ofSeconds(10);

    private final CgroupDriver driver;

    public ContainerCgroups(CgroupDriver driver) {
        this.driver = driver;
    }

    /** Returns a container's cgroup, whether it exists or not. */
    public Cgroup of(ObjectId container, SandboxRecord sandbox) {
        return driver.cgroup(path(container, sandbox));
    }

    Cgroup create(ObjectId container, SandboxRecord sandbox) throws IOException {
        var cgroup = of(container, sandbox);
        cgroup.create();
        return cgroup;
    }

    /** Ends all that is left in a cgroup and removes it. Repeatable. */
    static void remove(Cgroup cgroup) throws IOException {
        cgroup.kill();
        cgroup.delete(LAST_PROCESS);
    }

    private static CgroupPath path(ObjectId container, SandboxRecord sandbox) {
        return new CgroupPath(sandbox.cgroup().path()).child(container.value());
    }
}
