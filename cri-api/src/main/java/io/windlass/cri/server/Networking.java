package io.windlass.cri.server;

import io.windlass.cni.Cidr;
import io.windlass.cni.CniClient;
import io.windlass.cni.ConfiguredNetwork;
import io.windlass.cni.PodNetwork;
import io.windlass.cni.bridge.BridgeConfig;
import io.windlass.cni.bridge.BridgeNetwork;
import io.windlass.cri.config.Config;
import java.io.IOException;
import java.nio.file.Path;

/** Makes the network of the pods from the configuration: plugins where a network list is found, the built-in bridge elsewhere. */
final class Networking {

    private Networking() {}

    static PodNetwork open(Config config, Closing closing) throws IOException {
        Path records = config.root().resolve("cni");
        Config.Cni cni = config.cni();
        BridgeNetwork builtIn = closing.add(new BridgeNetwork(BridgeConfig.of(cni.bridge(), Cidr.parse(cni.defaultSubnet())), records));
        return new ConfiguredNetwork(new CniClient(cni.confDir(), cni.binDirs(), records), builtIn);
    }
}
