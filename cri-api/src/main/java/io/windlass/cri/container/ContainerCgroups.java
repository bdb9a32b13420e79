package io.windlass.cri.container;

import io.grpc.Status.Code;
import io.windlass.cri.error.CriException;
import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.store.ObjectId;
import io.windlass.shim.cgroup.Cgroup;
import io.windlass.shim.cgroup.CgroupDriver;
import io.windlass.shim.cgroup.CgroupPath;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.spec.Resources;
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

    /**
     * Sets limits that no check of the request can refuse.
     *
     * @param whose what has the cgroup, for the message
     * @throws CriException FAILED_PRECONDITION for what this node does not have, or the cgroup above does not give, and a limit below what is in use
     */
    static void apply(Cgroup cgroup, Resources limits, String whose) throws IOException {
        try {
            cgroup.apply(limits);
        } catch (ErrnoException e) {
            throw unlessRefused(e, whose);
        }
    }

    /** As {@link #apply}, in place of others, which stay where one is refused. Returns those. */
    static Resources change(Cgroup cgroup, Resources limits, String whose) throws IOException {
        try {
            return cgroup.change(limits);
        } catch (ErrnoException e) {
            throw unlessRefused(e, whose);
        }
    }

    private static ErrnoException unlessRefused(ErrnoException e, String whose) {
        boolean refused = switch (e.errno()) {
            case Errno.EINVAL, Errno.ERANGE, Errno.EACCES, Errno.ENOSPC, Errno.EBUSY -> true;
            default -> false;
        };
        if (refused) {
            throw new CriException(Code.FAILED_PRECONDITION, whose + " cannot have these limits here and now: " + e.getMessage(), e);
        }
        return e;
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
