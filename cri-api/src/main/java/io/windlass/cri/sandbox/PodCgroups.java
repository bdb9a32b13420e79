package io.windlass.cri.sandbox;

import io.windlass.cri.store.ObjectId;
import io.windlass.shim.spec.CgroupJoin;
import java.io.IOException;

/** The cgroups that pods have theirs in. */
interface PodCgroups {
    /** Returns the pod's cgroup, and which of its path do not exist yet. */
    PodCgroup plan(ObjectId sandbox, String parent);

    /** Makes what is missing. */
    void create(PodCgroup cgroup) throws IOException;

    /** Makes the cgroup of the pod's own init, below that of the pod as those of containers are, and returns how it gets in. Repeatable. */
    CgroupJoin createInit(ObjectId sandbox, PodCgroup cgroup) throws IOException;

    /** Removes the cgroup of an init that has ended. Repeatable. */
    void removeInit(ObjectId sandbox, PodCgroup cgroup) throws IOException;

    /** Removes those that were made for this sandbox, as long as nobody else uses them. Repeatable. */
    void remove(ObjectId sandbox, PodCgroup cgroup) throws IOException;
}
