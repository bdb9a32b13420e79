package io.windlass.cni;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an attachment has got (CNI specification 1.1, section 5, result types), independent of the version that a plugin speaks.
 *
 * @param network the network's name
 * @param interfaces the interfaces that were made, on the host and in the sandbox
 * @param ips the addresses; never empty in a result of {@link PodNetwork#add}
 */
public record NetworkResult(String network, List<Interface> interfaces, List<IpConfig> ips, List<Route> routes, PodDns dns) {

    /**
     * @param mac the hardware address, or empty
     * @param sandbox the path of the namespace that it is in, or empty for the host
     */
    public record Interface(String name, String mac, String sandbox) {}

    /**
     * @param gateway the default gateway of the address's network, or null
     * @param interfaceIndex which of {@link #interfaces} holds it, or -1 where the plugin did not say
     */
    public record IpConfig(Cidr address, @Nullable InetAddress gateway, int interfaceIndex) {}

    /** @param gateway the next hop, or null for that of the address's network */
    public record Route(Cidr destination, @Nullable InetAddress gateway) {}

    public NetworkResult {
        interfaces = List.copyOf(interfaces);
        ips = List.copyOf(ips);
        routes = List.copyOf(routes);
    }

    /**
     * Returns the pod's addresses, the one to be shown as the pod's first: the first IPv4 address, else the first.
     */
    public List<String> podIps() {
        List<String> addresses = new ArrayList<>();
        int first = -1;
        for (IpConfig ip : ips) {
            if (first < 0 && ip.address().isIpv4()) {
                first = addresses.size();
            }
            addresses.add(Addresses.text(ip.address().address()));
        }
        if (first > 0) {
            addresses.addFirst(addresses.remove(first));
        }
        return List.copyOf(addresses);
    }

    /** Returns the pod's address; see {@link #podIps}. */
    public String primary() {
        return podIps().getFirst();
    }
}
