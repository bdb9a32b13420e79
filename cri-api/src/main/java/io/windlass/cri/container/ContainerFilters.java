package io.windlass.cri.container;

import io.windlass.cri.v1.ContainerFilter;
import io.windlass.cri.v1.ContainerStatsFilter;
import java.util.Map;

/** Which containers a list shows. All conditions of a filter must hold; an empty filter shows all. Ids match by their beginning. */
public final class ContainerFilters {
    private ContainerFilters() {}

    static boolean matches(ContainerFilter filter, ContainerRecord container) {
        return matchesIds(filter.getId(), filter.getPodSandboxId(), container)
                && (!filter.hasState() || filter.getState().getState() == container.life().state())
                && hasLabels(container, filter.getLabelSelectorMap());
    }

    /** Tells whether a list of stats shows the container. */
    public static boolean matches(ContainerStatsFilter filter, ContainerRecord container) {
        return matchesIds(filter.getId(), filter.getPodSandboxId(), container)
                && hasLabels(container, filter.getLabelSelectorMap());
    }

    private static boolean matchesIds(String id, String sandbox, ContainerRecord container) {
        return container.id().value().startsWith(id) && container.sandbox().value().startsWith(sandbox);
    }

    private static boolean hasLabels(ContainerRecord container, Map<String, String> wanted) {
        return container.config().getLabelsMap().entrySet().containsAll(wanted.entrySet());
    }
}
