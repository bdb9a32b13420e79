package io.windlass.cri.server;

import io.windlass.cri.config.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PartsTest {

    @Test
    void theDirectoryOfRegistriesMayComeLater() {
        var defaults = Config.defaults();
        var registry = new Config.Registry(Path.of("/nonexistent/certs.d"), 1, 1, List.of());
        var config = new Config(defaults.root(), defaults.state(), defaults.socket(), "", Set.of(), 1, 1 << 20, defaults.cni(), registry,
                defaults.cgroup(), defaults.stream(), defaults.log(), defaults.container());
        assertThat(Parts.imageOptions(config).hosts()).isEqualTo(registry.configPath());
    }
}
