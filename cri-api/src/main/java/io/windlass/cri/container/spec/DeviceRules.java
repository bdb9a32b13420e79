package io.windlass.cri.container.spec;

import io.windlass.shim.spec.DeviceSpec;
import io.windlass.shim.spec.Resources.DeviceRule;
import java.util.ArrayList;
import java.util.List;

/** Which devices a container may use: the standard ones and those it was given, or all when privileged. */
public final class DeviceRules {
    private static final List<DeviceRule> STANDARD = List.of(new DeviceRule(false, 'a', null, null, "rwm"),
            new DeviceRule(true, 'c', null, null, "m"), new DeviceRule(true, 'b', null, null, "m"), // making a node is no access
            standard(1, 3), standard(1, 5), standard(1, 7), standard(1, 8), standard(1, 9), // null zero full random urandom
            standard(5, 0), standard(5, 2), new DeviceRule(true, 'c', 136, null, "rwm"), // tty ptmx pts
            standard(10, 200)); // net/tun: as runc has it, VPNs make the node themselves

    private DeviceRules() {}

    /** A device of the host for a container, with the access it is given, a subset of {@code "rwm"}. */
    public record GivenDevice(DeviceSpec node, String access) {}

    /** Returns the rules in the order in which they are applied. */
    static List<DeviceRule> of(boolean privileged, List<GivenDevice> given) {
        if (privileged) {
            return List.of(new DeviceRule(true, 'a', null, null, "rwm"));
        }
        var rules = new ArrayList<>(STANDARD);
        for (var device : given) {
            var node = device.node();
            rules.add(new DeviceRule(true, node.kind().letter(), node.major(), node.minor(), device.access()));
        }
        return rules;
    }

    private static DeviceRule standard(int major, int minor) {
        return new DeviceRule(true, 'c', major, minor, "rwm");
    }
}
