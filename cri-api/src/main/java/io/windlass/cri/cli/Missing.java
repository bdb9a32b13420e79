package io.windlass.cri.cli;

import io.windlass.cri.v1.PodSandbox;

/** For verbs that take containers and pods alike. */
final class Missing {

    private Missing() {}

    /**
     * The pod of that name, after no container had it.
     *
     * @throws IllegalArgumentException when no pod has it either
     */
    static PodSandbox pod(Ids ids, String name) {
        return ids.findPod(name).orElseThrow(() -> new IllegalArgumentException(
                "no container and no pod is called " + name + "; windlass ps -a and windlass pods list all"));
    }
}
