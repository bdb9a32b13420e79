package io.windlass.cri.sandbox;

import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.PodSandboxFilter;
import java.util.Map;

/** Which sandboxes a list shows. All conditions of a filter must hold; an empty filter shows all. */
final class SandboxFilter {
    private SandboxFilter() {}

    static boolean matches(PodSandboxFilter filter, SandboxRecord sandbox) {
        return matchesId(filter.getId(), sandbox.id())
                && (!filter.hasState() || filter.getState().getState() == sandbox.state().toCri())
                && hasLabels(sandbox.config().getLabelsMap(), filter.getLabelSelectorMap());
    }

    private static boolean matchesId(String prefix, ObjectId id) {
        return id.value().startsWith(prefix);
    }

    private static boolean hasLabels(Map<String, String> labels, Map<String, String> wanted) {
        return labels.entrySet().containsAll(wanted.entrySet());
    }
}
