package io.windlass.cri.container.spec;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.shim.spec.Capabilities;
import io.windlass.shim.spec.Capability;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The capabilities of a container: all when privileged, else the default ones with those added and dropped by the request.
 *
 * <p>
 * {@code ALL} is taken first, so that single names still add to it or take from it. The inheritable and ambient sets stay empty.
 */
final class GrantedCapabilities {
    private static final String ALL = "ALL";

    private GrantedCapabilities() {}

    /**
     * @param possible the daemon's own bounding set, which nothing can exceed
     * @throws CriException INVALID_ARGUMENT for a name that is no capability
     */
    static Capabilities of(LinuxContainerSecurityContext context, Set<Capability> possible) {
        var add = context.getCapabilities().getAddCapabilitiesList();
        var drop = context.getCapabilities().getDropCapabilitiesList();
        var added = parse(add);
        var dropped = parse(drop);
        parse(context.getCapabilities().getAddAmbientCapabilitiesList());
        var granted = EnumSet.allOf(Capability.class);
        if (!context.getPrivileged()) {
            granted = start(add, drop);
            granted.addAll(added);
            granted.removeAll(dropped);
        }
        granted.retainAll(possible);
        return new Capabilities(granted, Set.of());
    }

    private static EnumSet<Capability> start(List<String> add, List<String> drop) {
        if (hasAll(drop)) {
            return EnumSet.noneOf(Capability.class);
        }
        return hasAll(add) ? EnumSet.allOf(Capability.class) : EnumSet.copyOf(Capabilities.DEFAULT.bounding());
    }

    private static boolean hasAll(List<String> names) {
        return names.stream().anyMatch(ALL::equalsIgnoreCase);
    }

    private static List<Capability> parse(List<String> names) {
        var parsed = new ArrayList<Capability>(names.size());
        for (var name : names) {
            if (!ALL.equalsIgnoreCase(name)) {
                parsed.add(Capability.find(name).orElseThrow(() -> CriException.invalidArgument(
                        "capability \"" + name + "\" is not known: use a name of capabilities(7) such as NET_ADMIN")));
            }
        }
        return parsed;
    }
}
