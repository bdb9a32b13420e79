package io.windlass.cni.bridge;

import io.windlass.cni.Attachment;
import io.windlass.cni.Cidr;
import io.windlass.cni.Netns;
import io.windlass.cni.NetworkException;
import io.windlass.cni.NetworkException.Kind;
import io.windlass.cni.NetworkResult;
import io.windlass.cni.NetworkStatus;
import io.windlass.cni.PodDns;
import io.windlass.cni.PodNetwork;
import io.windlass.cni.netlink.AddressRequests;
import io.windlass.cni.netlink.Link;
import io.windlass.cni.netlink.Links;
import io.windlass.cni.netlink.RouteSocket;
import io.windlass.cni.netlink.VethPair;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import io.windlass.shim.linux.Shortage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The built-in network: a bridge on the host, a pair of links for each attachment, addresses from the node's own subnets, masquerading towards
 * everything else, and host ports. All of it by netlink; no program is started.
 *
 * <p>
 * The host's side is set up at the first attachment, in the namespace of the thread that made this object. A lease is on disk before its address
 * is used. {@link #del} takes the address from the pod at once and leaves the links to the end of the namespace, which costs the caller nothing.
 */
public final class BridgeNetwork implements PodNetwork, AutoCloseable {
    private final Leases leases;
    private final Fd host;
    private final LinkReaper reaper = new LinkReaper();
    private final List<NodeBridge> retired = new ArrayList<>();
    private volatile BridgeConfig config;
    private @Nullable NodeBridge node;
    private volatile String problem = "";

    /**
     * @param root a directory for records; leases that an earlier daemon left are taken over
     * @throws IOException where the leases cannot be read
     */
    public BridgeNetwork(BridgeConfig config, Path root) throws IOException {
        this.config = config;
        this.leases = new Leases(root.resolve(LeaseFiles.DIRECTORY).resolve(config.bridge()), config.subnets());
        this.host = Namespace.NET.open(Path.of("/proc/thread-self/ns/net"));
    }

    @Override
    public NetworkResult add(Attachment attachment, Netns netns) throws NetworkException {
        del(attachment, netns); // an add that was cut short
        NodeBridge bridge = repaired();
        Lease lease = leases.take(attachment);
        try {
            return attach(bridge, lease, netns);
        } catch (NetworkException | IOException e) {
            try {
                leases.leave(lease);
                bridge.closePorts(lease);
                Links.delete(bridge.route(), lease.port());
                leases.release(lease);
            } catch (NetworkException | IOException left) {
                e.addSuppressed(left);
            }
            throw e instanceof NetworkException known
                    ? known
                    : failed("sandbox " + lease.sandboxId() + " cannot be attached", (IOException) e);
        }
    }

    private NetworkResult attach(NodeBridge bridge, Lease lease, Netns netns) throws NetworkException, IOException {
        String port = lease.port();
        byte[] mac = LinkNames.mac(lease.addresses().getFirst().address());
        netns.loopbackUp();
        try (Fd namespace = netns.open()) {
            Links.addVeth(bridge.route(), new VethPair(port, bridge.index(), namespace, lease.ifName(), mac, config.mtu()));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENODEV || e.errno() == Errno.EINVAL) {
                forget(bridge); // somebody deleted the bridge: the next add sets it up again
            }
            throw e;
        }
        Link link = Links.find(netns.route(), lease.ifName())
                .orElseThrow(() -> new IOException(lease.ifName() + " is not in " + netns.path()));
        AddressRequests.assign(netns.route(), link.index(), lease.assigned(), lease.gateways());
        Settling.awaitLinks(bridge.route(), port, config.bridge());
        Settling.awaitAddresses(netns.route(), link.index(), lease.assigned());
        if (!bridge.openPorts(lease)) {
            throw new NetworkException(Kind.IN_USE, "sandbox " + lease.sandboxId() + ": a host port of " + lease.portMappings()
                    + " is in use by another pod: stop that one, or use another port");
        }
        return result(lease, port, link, netns);
    }

    private NetworkResult result(Lease lease, String port, Link link, Netns netns) {
        List<NetworkResult.Interface> interfaces = List.of(new NetworkResult.Interface(config.bridge(), "", ""),
                new NetworkResult.Interface(port, "", ""),
                new NetworkResult.Interface(lease.ifName(), link.mac(), netns.path().toString()));
        List<NetworkResult.IpConfig> ips = new ArrayList<>();
        List<NetworkResult.Route> routes = new ArrayList<>();
        for (Cidr cidr : lease.addresses()) {
            ips.add(new NetworkResult.IpConfig(cidr, BridgeConfig.gateway(cidr.network()), interfaces.size() - 1));
            routes.add(new NetworkResult.Route(Cidr.parse(cidr.isIpv4() ? "0.0.0.0/0" : "::/0"), BridgeConfig.gateway(cidr.network())));
        }
        return new NetworkResult(config.bridge(), interfaces, ips, routes, PodDns.NONE);
    }

    @Override
    public void del(Attachment attachment, @Nullable Netns netns) throws NetworkException {
        Optional<Lease> lease = leases.find(attachment.sandboxId(), attachment.ifName());
        if (lease.isPresent()) {
            del(lease.get(), netns);
        }
    }

    private void del(Lease lease, @Nullable Netns netns) throws NetworkException {
        NodeBridge bridge = node();
        String port = lease.port();
        try {
            leases.leave(lease);
            bridge.closePorts(lease);
            if (netns != null && takeAddresses(lease, netns)) {
                reaper.expectEnd(port,
                        () -> leases.find(lease.sandboxId(), lease.ifName()).isEmpty() && Links.delete(bridge.route(), port));
            } else {
                Links.delete(bridge.route(), port);
            }
        } catch (IOException e) {
            throw failed("sandbox " + lease.sandboxId() + " cannot be taken off", e);
        }
        leases.release(lease);
        if (!config.subnets().containsAll(lease.addresses().stream().map(Cidr::network).toList())) {
            leaveOldNetworks();
        }
    }

    @Override
    public synchronized void usePodCidrs(List<Cidr> subnets) throws NetworkException {
        BridgeConfig other = new BridgeConfig(config.bridge(), subnets, config.mtu());
        if (!other.equals(config)) {
            config = other;
            leases.use(other.subnets());
            if (node != null) {
                forget(node);
                node();
            }
        }
    }

    private synchronized void leaveOldNetworks() throws NetworkException {
        if (node != null && !leases.networks().equals(node.networks())) {
            forget(node);
            node();
        }
    }

    /** Takes the addresses from the pod; false where it cannot be reached. */
    private boolean takeAddresses(Lease lease, Netns netns) {
        if (!netns.exists()) {
            return false;
        }
        try {
            Optional<Link> link = Links.find(netns.route(), lease.ifName());
            if (link.isPresent()) {
                AddressRequests.remove(netns.route(), link.get().index(), lease.assigned());
            }
            return link.isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void adopt(Attachment attachment, List<String> addresses) throws NetworkException {
        if (leases.find(attachment.sandboxId(), attachment.ifName()).isEmpty() && isAtWork()) {
            leases.restore(attachment, addresses);
        }
    }

    @Override
    public void check(Attachment attachment, Netns netns) throws NetworkException {
        Lease lease = leases.find(attachment.sandboxId(), attachment.ifName()).orElseThrow(() -> new NetworkException(Kind.FAILED,
                "sandbox " + attachment.sandboxId() + " has no lease of " + attachment.ifName() + " on bridge " + config.bridge()));
        NodeBridge bridge = node();
        try {
            String port = lease.port();
            Optional<Link> near = Links.find(bridge.route(), port);
            Optional<Link> far = Links.find(netns.route(), lease.ifName());
            if (near.isEmpty() || !near.get().up() || near.get().master() != bridge.index()) {
                throw new NetworkException(Kind.FAILED,
                        "link " + port + " is not up on bridge " + config.bridge() + ": make the pod again");
            }
            if (far.isEmpty() || !far.get().up()
                    || !AddressRequests.list(netns.route(), far.get().index()).containsAll(lease.assigned())) {
                throw new NetworkException(Kind.FAILED, lease.ifName() + " in " + netns.path() + " is not up with " + lease.addresses()
                        + ": make the pod again");
            }
        } catch (IOException e) {
            throw failed("sandbox " + lease.sandboxId() + " cannot be checked", e);
        }
    }

    @Override
    public NetworkStatus status() {
        String left = problem;
        return left.isEmpty() ? NetworkStatus.ready(config.bridge()) : NetworkStatus.notReady(config.bridge(), left);
    }

    @Override
    public void collect(Predicate<String> living) throws NetworkException {
        List<Lease> held = leases.list();
        if (held.isEmpty() && !isAtWork()) {
            return;
        }
        for (Lease lease : held) {
            if (!living.test(lease.sandboxId())) {
                del(lease, null);
            }
        }
        NodeBridge bridge = node();
        try {
            List<Link> links = Links.list(bridge.route());
            Set<String> wanted = leases.list().stream().map(Lease::port).collect(Collectors.toSet()); // a lease is there before its link
            for (Link link : links) {
                if (link.master() == bridge.index() && LinkNames.isPort(link.name()) && !wanted.contains(link.name())) {
                    Links.delete(bridge.route(), link.name());
                }
            }
        } catch (IOException e) {
            throw failed("links without a lease cannot be deleted", e);
        }
    }

    /** Where it is not, nothing was ever done here, and a bridge of that name is somebody else's, such as a plugin's. */
    private boolean isAtWork() throws NetworkException {
        try {
            return isSetUp() || hasOwnBridge();
        } catch (IOException e) {
            throw failed("it cannot be looked for", e);
        }
    }

    private synchronized boolean isSetUp() {
        return node != null;
    }

    private boolean hasOwnBridge() throws IOException {
        return NamespaceThread.<Boolean, IOException>call(() -> {
            Namespace.NET.setns(host);
            try (RouteSocket route = RouteSocket.open()) {
                return Links.find(route, config.bridge()).filter(LinkNames::isOwn).isPresent();
            }
        });
    }

    private synchronized NodeBridge node() throws NetworkException {
        if (node == null) {
            try {
                node = NodeBridge.setUp(host, config, leases);
                problem = "";
            } catch (IOException e) {
                NetworkException failure = failed("it cannot be set up", e);
                if (!Shortage.isBehind(e)) { // which passes, while a node that is not ready brings no pod that would try again
                    problem = String.valueOf(failure.getMessage());
                }
                throw failure;
            }
        }
        return node;
    }

    /**
     * Others' rules come and go beside ours and may take ours with them, as a restart of nftables does, or come to drop what pods send, as
     * Docker's do: so every add looks. To be told of changes would cost more: a service proxy makes thousands.
     */
    private NodeBridge repaired() throws NetworkException {
        NodeBridge bridge;
        List<Lease> opened;
        synchronized (this) {
            bridge = node();
            try {
                opened = bridge.repair(host, leases);
            } catch (IOException e) {
                if (!Shortage.isBehind(e)) { // to set it up anew would need more descriptors still
                    forget(bridge); // it may be gone, too
                }
                throw failed("what others took away cannot be set up again", e);
            }
        }
        try {
            for (Lease lease : opened) { // a walk through all that is tracked: without the lock that every operation takes
                bridge.forgetUntranslated(lease);
            }
        } catch (IOException e) {
            throw failed("what UDP host ports did before they were open again cannot be forgotten", e);
        }
        return bridge;
    }

    /** Others may be using its sockets at this moment: those are closed at the end. */
    private synchronized void forget(NodeBridge broken) {
        if (node == broken) {
            node = null;
            retired.add(broken);
        }
    }

    private NetworkException failed(String what, IOException e) {
        return new NetworkException(Kind.FAILED, "network \"" + config.bridge() + "\" (built in): " + what + ": " + e.getMessage(), e);
    }

    /** Releases the sockets. Without any lease left, the bridge and its tables go too: the host is as it was, but for forwarding. */
    @Override
    public synchronized void close() throws IOException {
        reaper.close();
        if (node != null) {
            if (leases.list().isEmpty()) {
                node.tearDown();
            }
            node.close();
            node = null;
        }
        retired.forEach(NodeBridge::close);
        host.close();
    }
}
