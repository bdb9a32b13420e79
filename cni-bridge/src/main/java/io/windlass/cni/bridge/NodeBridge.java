package io.windlass.cni.bridge;

import io.windlass.cni.Cidr;
import io.windlass.cni.Sysctl;
import io.windlass.cni.netlink.AddressRequests;
import io.windlass.cni.netlink.AddressRequests.Assigned;
import io.windlass.cni.netlink.Link;
import io.windlass.cni.netlink.Links;
import io.windlass.cni.netlink.RouteSocket;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import io.windlass.shim.linux.Netlink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The host's side of the network: the bridge with its addresses, forwarding, translation, and the sockets to work on them. */
final class NodeBridge implements AutoCloseable {
    private final BridgeConfig config;
    private final RouteSocket route;
    private final Netlink netfilter;
    private final List<Nat> nats;
    private final int index;

    private NodeBridge(BridgeConfig config, RouteSocket route, Netlink netfilter, int index) {
        this.config = config;
        this.route = route;
        this.netfilter = netfilter;
        this.nats = config.subnets().stream().map(subnet -> new Nat(config.bridge(), subnet)).toList();
        this.index = index;
    }

    /**
     * Sets up what is missing, in the namespace {@code host}. What is there already stays as it is; translation is made anew.
     *
     * @param leases those whose host ports are to be open
     */
    static NodeBridge setUp(Fd host, BridgeConfig config, Collection<Lease> leases) throws IOException {
        return NamespaceThread.call(() -> {
            Namespace.NET.setns(host);
            RouteSocket route = RouteSocket.open();
            Netlink netfilter = null;
            try {
                netfilter = Netlink.open(Netlink.NETLINK_NETFILTER);
                NodeBridge bridge = new NodeBridge(config, route, netfilter, bridge(route, config));
                bridge.configure(leases);
                return bridge;
            } catch (IOException e) {
                route.close();
                if (netfilter != null) {
                    netfilter.close();
                }
                throw e;
            }
        });
    }

    private static int bridge(RouteSocket route, BridgeConfig config) throws IOException {
        Optional<Link> link = Links.find(route, config.bridge());
        if (link.isEmpty()) {
            Links.addBridge(route, config.bridge(), LinkNames.mac(BridgeConfig.gateway(config.subnets().getFirst())), config.mtu());
            link = Links.find(route, config.bridge());
        }
        return link.orElseThrow(() -> new IOException("bridge " + config.bridge() + " was deleted while it was set up: try again")).index();
    }

    /** On a thread in the host's namespace. */
    private void configure(Collection<Lease> leases) throws IOException {
        Sysctl.writeIfPresent("net/ipv6/conf/" + config.bridge() + "/accept_ra", "0");
        List<Assigned> addresses = new ArrayList<>();
        for (Cidr subnet : config.subnets()) {
            Sysctl.set(subnet.isIpv4() ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding", "1");
            if (subnet.isIpv4()) { // host ports answer on the host's own loopback, too
                Sysctl.set("net/ipv4/conf/" + config.bridge() + "/route_localnet", "1");
            }
            addresses.add(new Assigned(BridgeConfig.gateway(subnet), subnet.prefix()));
        }
        AddressRequests.assign(route, index, addresses, List.of());
        for (Nat nat : nats) {
            nat.replace(netfilter, leases);
        }
        ForwardAccept.ensure(netfilter, config);
    }

    int index() {
        return index;
    }

    RouteSocket route() {
        return route;
    }

    /** Opens a lease's host ports; false where one is taken, then none is open. */
    boolean openPorts(Lease lease) throws IOException {
        if (lease.portMappings().isEmpty()) {
            return true;
        }
        synchronized (netfilter) {
            for (int i = 0; i < nats.size(); i++) {
                if (!nats.get(i).open(netfilter, lease)) {
                    for (Nat opened : nats.subList(0, i)) {
                        opened.close(netfilter, lease);
                    }
                    return false;
                }
            }
        }
        return true;
    }

    void closePorts(Lease lease) throws IOException {
        if (!lease.portMappings().isEmpty()) {
            synchronized (netfilter) {
                for (Nat nat : nats) {
                    nat.close(netfilter, lease);
                }
            }
        }
    }

    /** Takes the bridge and the tables off the host. */
    void tearDown() throws IOException {
        synchronized (netfilter) {
            ForwardAccept.remove(netfilter, config);
            for (Nat nat : nats) {
                nat.delete(netfilter);
            }
        }
        Links.delete(route, config.bridge());
    }

    @Override
    public void close() {
        route.close();
        netfilter.close();
    }
}
