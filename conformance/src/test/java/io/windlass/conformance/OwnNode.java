package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.Pod;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Tests on a node of the class's own, whose daemon they may kill and whose disk they may damage. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class OwnNode {
    @SuppressWarnings("NullAway.Init")
    Node node;

    NodeOptions options() {
        return NodeOptions.fromProperties();
    }

    @BeforeAll
    void open() throws Exception {
        node = Node.open(options());
        Pod.run(node).close(); // what a runtime makes once, at its first pod, is no leak of the first test
    }

    @AfterAll
    void close() throws Exception {
        node.close();
    }
}
