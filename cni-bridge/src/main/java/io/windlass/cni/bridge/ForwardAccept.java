package io.windlass.cni.bridge;

import io.windlass.cni.Cidr;
import io.windlass.cni.netlink.NfBatch;
import io.windlass.cni.netlink.NfQuery;
import io.windlass.cni.netlink.NfRule;
import io.windlass.shim.linux.Netlink;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * Lets pods' traffic pass a firewall that drops what is forwarded, as Docker's and others' do by the policy of iptables' chain FORWARD. A chain
 * of our own cannot do that: an accept ends one base chain only, a drop in another stands. So two rules are put at the head of that very chain,
 * and only where there is such a policy.
 */
final class ForwardAccept {
    private static final String TABLE = "filter";
    private static final String CHAIN = "FORWARD";
    private static final List<Integer> FAMILIES = List.of(NfBatch.IPV4, NfBatch.IPV6);

    private ForwardAccept() {}

    /** Says whether there is such a policy and our rules are not there. */
    static boolean isMissing(Netlink netfilter, String bridge, Collection<Cidr> networks) throws IOException {
        for (int family : FAMILIES) {
            if (wanted(networks, family) && isMissing(netfilter, bridge, family)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isMissing(Netlink netfilter, String bridge, int family) throws IOException {
        return NfQuery.dropsByPolicy(netfilter, family, TABLE, CHAIN)
                && NfQuery.rules(netfilter, family, TABLE, CHAIN, comment(bridge)).isEmpty();
    }

    static void ensure(Netlink netfilter, String bridge, Collection<Cidr> networks) throws IOException {
        for (int family : FAMILIES) {
            if (wanted(networks, family) && isMissing(netfilter, bridge, family)) {
                new NfBatch(family, 0).insertRule(TABLE, CHAIN, new NfRule().inBy(bridge).count().accept().comment(comment(bridge)))
                        .insertRule(TABLE, CHAIN, new NfRule().outBy(bridge).count().accept().comment(comment(bridge)))
                        .commit(netfilter);
            }
        }
    }

    /** Takes our rules back, but not those of the families of {@code kept}. */
    static void remove(Netlink netfilter, String bridge, Collection<Cidr> kept) throws IOException {
        for (int family : FAMILIES) {
            List<Long> handles = wanted(kept, family) ? List.of() : NfQuery.rules(netfilter, family, TABLE, CHAIN, comment(bridge));
            if (!handles.isEmpty()) {
                NfBatch batch = new NfBatch(family, 0);
                handles.forEach(handle -> batch.deleteRule(TABLE, CHAIN, handle));
                batch.commit(netfilter);
            }
        }
    }

    private static boolean wanted(Collection<Cidr> networks, int family) {
        return networks.stream().anyMatch(subnet -> subnet.isIpv4() == (family == NfBatch.IPV4));
    }

    private static String comment(String bridge) {
        return "windlass " + bridge;
    }
}
