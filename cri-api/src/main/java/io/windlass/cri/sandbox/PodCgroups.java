package io.windlass.cri.sandbox;

import io.windlass.cri.store.ObjectId;
import java.io.IOException;

/** The cgroups that pods have theirs in. */
interface PodCgroups {
    /** Returns the pod's cgroup, and which of its path do not exist yet. */
    PodCgroup plan(ObjectId sandbox, String parent);

    /** Makes what is missing. */
    void create(PodCgroup cgroup) throws IOException;

    /** Removes those that were made for this sandbox, as long as nobody else uses them. Repeatable. */
    void remove(ObjectId sandbox, PodCgroup cgroup) throws IOException;
}
