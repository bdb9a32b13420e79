package io.windlass.cni.bridge;

import io.windlass.cni.netlink.NfBatch;
import io.windlass.cni.netlink.NfQuery;
import io.windlass.cni.netlink.NfRule;
import io.windlass.shim.linux.Netlink;
import java.io.IOException;
import java.util.List;

/**
 * Lets pods' traffic pass a firewall that drops what is forwarded, as Docker's and others' do by the policy of iptables' chain FORWARD. A chain
 * of our own cannot do that: an accept ends one base chain only, a drop in another stands. So two rules are put at the head of that very chain,
 * and only where there is such a policy.
 */
final class ForwardAccept {
    private static final String TABLE = "filter";
    private static final String CHAIN = "FORWARD";

    private ForwardAccept() {}

    static void ensure(Netlink netfilter, BridgeConfig config) throws IOException {
        for (int family : List.of(NfBatch.IPV4, NfBatch.IPV6)) {
            if (wanted(config, family) && NfQuery.dropsByPolicy(netfilter, family, TABLE, CHAIN)
                    && NfQuery.rules(netfilter, family, TABLE, CHAIN, comment(config)).isEmpty()) {
                new NfBatch(family).insertRule(TABLE, CHAIN, new NfRule().inBy(config.bridge()).count().accept().comment(comment(config)))
                        .insertRule(TABLE, CHAIN, new NfRule().outBy(config.bridge()).count().accept().comment(comment(config)))
                        .commit(netfilter);
            }
        }
    }

    static void remove(Netlink netfilter, BridgeConfig config) throws IOException {
        for (int family : List.of(NfBatch.IPV4, NfBatch.IPV6)) {
            List<Long> handles = wanted(config, family) ? NfQuery.rules(netfilter, family, TABLE, CHAIN, comment(config)) : List.of();
            if (!handles.isEmpty()) {
                NfBatch batch = new NfBatch(family);
                handles.forEach(handle -> batch.deleteRule(TABLE, CHAIN, handle));
                batch.commit(netfilter);
            }
        }
    }

    private static boolean wanted(BridgeConfig config, int family) {
        return config.subnets().stream().anyMatch(subnet -> subnet.isIpv4() == (family == NfBatch.IPV4));
    }

    private static String comment(BridgeConfig config) {
        return "windlass " + config.bridge();
    }
}
