package io.windlass.cri.sandbox;

import java.util.List;

/**
 * The cgroup that a pod's containers have theirs in.
 *
 * @param path below the root of each hierarchy, for example {@code "/kubepods/burstable/podUID"}
 * @param made those of its path that did not exist before this sandbox or were made for another, the deepest last; they go with the last of
 *             these
 */
public record PodCgroup(String path, List<String> made) {
    public PodCgroup {
        made = List.copyOf(made);
    }
}
