package io.windlass.cni.bridge;

import io.windlass.cni.Cidr;
import io.windlass.cni.PortMapping;
import io.windlass.cni.netlink.AddressRequests.Assigned;
import java.net.InetAddress;
import java.util.List;

/** What an attachment holds: its addresses, one a subnet and with the subnet's prefix, and ports of the host. */
record Lease(String sandboxId, String ifName, List<Cidr> addresses, List<PortMapping> portMappings) {

    Lease {
        addresses = List.copyOf(addresses);
        portMappings = List.copyOf(portMappings);
    }

    /** Returns the addresses as the pod's link has them. */
    List<Assigned> assigned() {
        return addresses.stream().map(address -> new Assigned(address.address(), address.prefix())).toList();
    }

    /** Returns the next hops of its default routes, one a subnet. */
    List<InetAddress> gateways() {
        return addresses.stream().map(address -> BridgeConfig.gateway(address.network())).toList();
    }

    /** Returns the name of the port of the bridge that it has. */
    String port() {
        return LinkNames.port(sandboxId, ifName);
    }

    String key() {
        return key(sandboxId, ifName);
    }

    static String key(String sandboxId, String ifName) {
        return sandboxId + "@" + ifName;
    }
}
