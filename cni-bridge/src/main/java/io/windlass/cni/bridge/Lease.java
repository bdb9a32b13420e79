package io.windlass.cni.bridge;

import io.windlass.cni.PortMapping;
import java.net.InetAddress;
import java.util.List;

/** What an attachment holds: its addresses, one a subnet, and ports of the host. */
record Lease(String sandboxId, String ifName, List<InetAddress> addresses, List<PortMapping> portMappings) {

    Lease {
        addresses = List.copyOf(addresses);
        portMappings = List.copyOf(portMappings);
    }

    String key() {
        return key(sandboxId, ifName);
    }

    static String key(String sandboxId, String ifName) {
        return sandboxId + "@" + ifName;
    }
}
