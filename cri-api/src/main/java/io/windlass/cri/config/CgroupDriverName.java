package io.windlass.cri.config;

import io.windlass.cri.config.Config.Cgroup.Driver;
import tools.jackson.databind.JsonNode;

/** Who makes the cgroups. What the peers have besides, and many a kubelet is set to, is refused by name and with the way out. */
record CgroupDriverName() implements Kind<Driver> {

    private static final Kind<Driver> KNOWN = Kind.oneOf(Driver.class);

    @Override
    public Driver read(JsonNode node) {
        if (node.isString() && node.stringValue().equals("systemd")) {
            throw new IllegalArgumentException(
                    "slices of systemd are not made: want cgroupfs here, and cgroupDriver: cgroupfs in the kubelet's configuration");
        }
        return KNOWN.read(node);
    }

    @Override
    public String write(Driver value) {
        return KNOWN.write(value);
    }
}
