package io.windlass.cri.sandbox;

import io.windlass.cri.store.ObjectId;
import io.windlass.shim.spec.CgroupJoin;
import java.io.IOException;
import java.util.Collection;
import java.util.Set;

/** The cgroups that pods have theirs in. */
interface PodCgroups {
    /**
     * Returns the pod's cgroup, and which of its path do not exist yet or were made for other sandboxes.
     *
     * @param others what was made for them: each that uses it has it in its record, so that the last of them removes it in any daemon
     */
    PodCgroup plan(ObjectId sandbox, String parent, Set<String> others);

    /** Makes what is missing. */
    void create(PodCgroup cgroup) throws IOException;

    /** Makes the cgroup of the pod's own init, below that of the pod as those of containers are, and returns how it gets in. Repeatable. */
    CgroupJoin createInit(ObjectId sandbox, PodCgroup cgroup) throws IOException;

    /** Ends what is in the cgroup of the pod's own init, and removes that. Repeatable. */
    void removeInit(ObjectId sandbox, PodCgroup cgroup) throws IOException;

    /**
     * Removes those that were made for this sandbox or earlier ones, as long as nobody else uses them. Repeatable.
     *
     * @param others the paths of the cgroups of sandboxes that containers can be made and started in
     */
    void remove(ObjectId sandbox, PodCgroup cgroup, Collection<String> others) throws IOException;
}
