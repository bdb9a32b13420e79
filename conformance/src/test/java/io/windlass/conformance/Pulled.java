package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.cri.v1.RemoveImageRequest;

/** An image pulled for one test and removed with it.
 *
 * @param reference what the runtime answered to the pull */
record Pulled(Node node, String name, String reference) implements AutoCloseable {

    static Pulled pull(Node node, String name) {
        return new Pulled(node, name, node.pull(name));
    }

    @Override
    public void close() {
        node.cri().images().removeImage(RemoveImageRequest.newBuilder().setImage(ImageTest.spec(name)).build());
    }
}
