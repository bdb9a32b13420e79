package io.windlass.cri.server;

import io.windlass.cni.Cidr;
import io.windlass.cni.CniClient;
import io.windlass.cni.ConfiguredNetwork;
import io.windlass.cni.NetworkException;
import io.windlass.cni.PodCidrs;
import io.windlass.cni.PodNetwork;
import io.windlass.cni.bridge.BridgeConfig;
import io.windlass.cni.bridge.BridgeNetwork;
import io.windlass.cni.bridge.LeaseAudit;
import io.windlass.cri.config.Config;
import io.windlass.cri.log.Logfmt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network of the pods, from the configuration: plugins where a network list is found or to be made, the built-in bridge, if it is
 * wanted, elsewhere. One that is wanted no more keeps the pods that are on it until they go.
 *
 * @param podCidrs what the kubelet said the pods' networks are
 */
record Networking(PodNetwork network, PodCidrs podCidrs) {
    private static final Logger LOG = LoggerFactory.getLogger(Networking.class);

    static Networking open(Config config, Closing closing) throws IOException {
        Path records = config.root().resolve("cni");
        Config.Cni cni = config.cni();
        PodCidrs podCidrs = new PodCidrs(records);
        CniClient plugins = new CniClient(cni.confDir(), cni.binDirs(), records, Duration.ofSeconds(cni.timeoutSeconds()),
                cni.confTemplate().isEmpty() ? null : Path.of(cni.confTemplate()));
        try {
            plugins.findLeftPlugins();
        } catch (NetworkException e) {
            LOG.warn(Logfmt.event("plugins-left").field("error", String.valueOf(e.getMessage())).toString());
        }
        boolean wanted = !cni.defaultSubnet().isEmpty();
        List<Cidr> subnets = wanted ? wanted(cni, podCidrs) : LeaseAudit.networks(records, cni.bridge());
        BridgeNetwork builtIn = null;
        if (!subnets.isEmpty()) {
            builtIn = closing.add(new BridgeNetwork(BridgeConfig.of(cni.bridge(), subnets), records));
        }
        PodNetwork network = new ConfiguredNetwork(plugins, builtIn, wanted);
        if (!podCidrs.networks().isEmpty()) {
            try {
                network.usePodCidrs(podCidrs.networks()); // a daemon that was killed may not have come to it
            } catch (NetworkException e) {
                LOG.warn(Logfmt.event("pod-cidr-unused").field("error", String.valueOf(e.getMessage())).toString());
            }
        }
        closing.add(plugins.watch());
        return new Networking(network, podCidrs);
    }

    private static List<Cidr> wanted(Config.Cni cni, PodCidrs podCidrs) {
        return podCidrs.networks().isEmpty() ? PodCidrs.parse(cni.defaultSubnet()) : podCidrs.networks();
    }
}
