package io.windlass.conformance;

import io.windlass.conformance.fixture.HostileServer;
import io.windlass.conformance.fixture.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Attacks by a registry, and by another server that it would send the node to. */
abstract class HostileServers {
    @SuppressWarnings("NullAway.Init")
    HostileServer registry;
    @SuppressWarnings("NullAway.Init")
    HostileServer foreign;

    @BeforeEach
    void open(Node node) throws Exception {
        registry = HostileServer.start("127.0.0.1");
        foreign = HostileServer.start("127.0.0.2");
        node.allowPlainHttp(registry.host());
    }

    @AfterEach
    void close() {
        registry.close();
        foreign.close();
    }
}
