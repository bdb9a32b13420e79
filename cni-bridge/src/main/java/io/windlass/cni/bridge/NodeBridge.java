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
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The host's side of the network: the bridge with its addresses, forwarding, translation, and the sockets to work on them. */
final class NodeBridge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeBridge.class);
    /** By it the bridge asks for a pod's link. The kernel's own would come only after the first port, and be tested first. */
    private static final Assigned LINK_LOCAL = new Assigned(Cidr.parseAddress("fe80::1"), 64);

    private final BridgeConfig config;
    private final Set<Cidr> networks;
    private final RouteSocket route;
    private final Netlink netfilter;
    /** Of its own, for the kernel looks at each connection that it tracks, maybe a million: only pods with host ports wait for that. */
    private final Netlink conntrack;
    private final List<Nat> nats;
    private final int index;
    /** Whether a repair failed on its way, so that what can be seen to be whole is not all. */
    private boolean halfRepaired;

    private NodeBridge(BridgeConfig config, Set<Cidr> networks, RouteSocket route, Netlink netfilter, Netlink conntrack, int index) {
        this.config = config;
        this.networks = networks;
        this.route = route;
        this.netfilter = netfilter;
        this.conntrack = conntrack;
        this.nats = networks.stream().map(Cidr::isIpv4).distinct().map(ipv4 -> new Nat(config.bridge(), ipv4)).toList();
        this.index = index;
    }

    /**
     * Sets up what is missing, in the namespace {@code host}. What is there already stays as it is; translation is made anew, and the bridge
     * keeps no address but its own.
     *
     * @param leases what is held; host ports of it are to be open, networks of it are to work beside the configured ones
     */
    static NodeBridge setUp(Fd host, BridgeConfig config, Leases leases) throws IOException {
        return NamespaceThread.call(() -> {
            Namespace.NET.setns(host);
            RouteSocket route = RouteSocket.open();
            Netlink netfilter = null;
            Netlink conntrack = null;
            try {
                netfilter = Netlink.open(Netlink.NETLINK_NETFILTER);
                conntrack = Netlink.open(Netlink.NETLINK_NETFILTER);
                NodeBridge bridge = new NodeBridge(config, leases.networks(), route, netfilter, conntrack, bridge(route, config));
                bridge.configure(leases.staying());
                return bridge;
            } catch (IOException e) {
                route.close();
                for (Netlink opened : new @Nullable Netlink[]{netfilter, conntrack}) {
                    if (opened != null) {
                        opened.close();
                    }
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
        List<Assigned> addresses = new ArrayList<>(networks.stream().map(n -> new Assigned(BridgeConfig.gateway(n), n.prefix())).toList());
        boolean ipv6 = !networks.stream().allMatch(Cidr::isIpv4);
        if (ipv6) {
            Sysctl.set("net/ipv6/conf/" + config.bridge() + "/addr_gen_mode", "1"); // none of the kernel's
            addresses.add(LINK_LOCAL);
        }
        AddressRequests.assign(route, index, addresses, List.of());
        AddressRequests.remove(route, index, AddressRequests.list(route, index).stream()
                .filter(a -> !a.address().isLinkLocalAddress() && !addresses.contains(a)).toList());
        removeRules(networks);
        for (Nat nat : nats) {
            nat.replace(netfilter, networks, leases);
        }
        if (networks.stream().anyMatch(Cidr::isIpv4)) {
            Sysctl.set("net/ipv4/ip_forward", "1");
            // host ports answer on the host's own loopback, too; the table drops what pods would do with it
            Sysctl.set("net/ipv4/conf/" + config.bridge() + "/route_localnet", "1");
        }
        if (ipv6) {
            Ipv6Forwarding.turnOn();
        }
        ForwardAccept.ensure(netfilter, config.bridge(), networks);
    }

    /** Takes away what translates and accepts, but not that of the families of {@code kept}: earlier networks may have been of others. */
    private void removeRules(Collection<Cidr> kept) throws IOException {
        ForwardAccept.remove(netfilter, config.bridge(), kept);
        for (boolean ipv4 : List.of(true, false)) {
            if (kept.stream().noneMatch(network -> network.isIpv4() == ipv4)) {
                new Nat(config.bridge(), ipv4).delete(netfilter);
            }
        }
    }

    /**
     * Sets up again what others have taken away since, such as all rules by {@code nft flush ruleset}: pods that run have their host ports
     * and their masquerading back. It looks by two questions a family, and one more where a firewall drops. On a thread in the host's namespace.
     *
     * @param host, leases as for {@link #setUp}
     * @return the leases whose host ports it opened again, to {@link #forgetUntranslated}; none where nothing was missing
     */
    List<Lease> repair(Fd host, Leases leases) throws IOException {
        synchronized (netfilter) {
            if (!halfRepaired && isWhole()) {
                return List.of();
            }
            LOG.warn(
                    "event=bridge.repaired bridge={} reason=\"its rules were deleted, forwarding is dropped, or br_netfilter has changed\"",
                    config.bridge());
            List<Lease> open = leases.staying();
            halfRepaired = true;
            NamespaceThread.<@Nullable Void, IOException>call(() -> {
                Namespace.NET.setns(host);
                configure(open);
                return null;
            });
            halfRepaired = false;
            return open;
        }
    }

    private boolean isWhole() throws IOException {
        for (Nat nat : nats) {
            if (!nat.isWhole(netfilter)) {
                return false;
            }
        }
        return !ForwardAccept.isMissing(netfilter, config.bridge(), networks);
    }

    /** The networks that work on it. */
    Set<Cidr> networks() {
        return networks;
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
        forgetUntranslated(lease);
        return true;
    }

    /** Ends what went to the host itself by a lease's UDP host ports before they were open. */
    void forgetUntranslated(Lease lease) throws IOException {
        synchronized (conntrack) {
            for (Nat nat : nats) {
                nat.forgetUntranslated(conntrack, lease);
            }
        }
    }

    /** Closes a lease's host ports and ends the connections through them. */
    void closePorts(Lease lease) throws IOException {
        if (!lease.portMappings().isEmpty()) {
            synchronized (netfilter) {
                for (Nat nat : nats) {
                    nat.close(netfilter, lease);
                }
            }
            synchronized (conntrack) {
                for (Nat nat : nats) {
                    nat.forgetTranslated(conntrack, lease);
                }
            }
        }
    }

    /** Takes the bridge and the tables off the host. */
    void tearDown() throws IOException {
        synchronized (netfilter) {
            removeRules(List.of());
        }
        Links.delete(route, config.bridge());
    }

    @Override
    public void close() {
        route.close();
        netfilter.close();
        conntrack.close();
    }
}
