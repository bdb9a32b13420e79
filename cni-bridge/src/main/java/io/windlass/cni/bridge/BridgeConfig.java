package io.windlass.cni.bridge;

import io.windlass.cni.Addresses;
import io.windlass.cni.Cidr;
import java.net.InetAddress;
import java.util.List;

/**
 * The built-in bridge network of a node.
 *
 * @param bridge the bridge's name, at most 15 characters
 * @param subnets the networks of pods, one an address family
 * @param mtu bytes, of the bridge and of pods' links
 */
public record BridgeConfig(String bridge, List<Cidr> subnets, int mtu) {
    private static final int DEFAULT_MTU = 1500;
    private static final int HOST_BITS_AT_LEAST = 2;

    /** @throws IllegalArgumentException for two subnets of one family, or one without room for a pod */
    public BridgeConfig {
        subnets = subnets.stream().map(Cidr::network).toList();
        if (subnets.isEmpty() || subnets.size() > 2 || subnets.size() == 2 && subnets.get(0).isIpv4() == subnets.get(1).isIpv4()) {
            throw new IllegalArgumentException("bridge " + bridge + " needs one subnet, or one of IPv4 and one of IPv6, not " + subnets);
        }
        for (Cidr subnet : subnets) {
            if (subnet.address().getAddress().length * 8 - subnet.prefix() < HOST_BITS_AT_LEAST) {
                throw new IllegalArgumentException("subnet " + subnet + " has no room for pods: use a shorter prefix, such as /24");
            }
        }
    }

    public static BridgeConfig of(String bridge, Cidr subnet) {
        return of(bridge, List.of(subnet));
    }

    public static BridgeConfig of(String bridge, List<Cidr> subnets) {
        return new BridgeConfig(bridge, subnets, DEFAULT_MTU);
    }

    /** Returns the bridge's own address in a subnet, the first. */
    static InetAddress gateway(Cidr subnet) {
        byte[] bytes = subnet.network().address().getAddress();
        bytes[bytes.length - 1] |= 1;
        return Addresses.of(bytes);
    }
}
