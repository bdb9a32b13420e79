package io.windlass.cri.stats;

import io.windlass.cri.container.ContainerRecord;
import io.windlass.cri.sandbox.SandboxRecord;
import java.util.List;

/**
 * The labels that every metric has, before its own: those of cAdvisor in a kubelet.
 *
 * @param container the name in the pod, {@code POD} for what belongs to the pod itself
 * @param id the cgroup
 * @param name the id of the container or the sandbox
 */
record Labels(String container, String id, String image, String name, String namespace, String pod) {
    static final List<String> KEYS = List.of("container", "id", "image", "name", "namespace", "pod");

    private static final String SANDBOX = "POD";

    static Labels of(SandboxRecord sandbox) {
        var metadata = sandbox.config().getMetadata();
        return new Labels(SANDBOX, sandbox.cgroup().path(), "", sandbox.id().value(), metadata.getNamespace(), metadata.getName());
    }

    static Labels of(ContainerRecord container, SandboxRecord sandbox) {
        var metadata = sandbox.config().getMetadata();
        return new Labels(container.config().getMetadata().getName(), sandbox.cgroup().path() + "/" + container.id(),
                container.image().name(), container.id().value(), metadata.getNamespace(), metadata.getName());
    }

    /** Returns the values in the order of {@link #KEYS}. */
    List<String> values() {
        return List.of(container, id, image, name, namespace, pod);
    }
}
