package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.StreamClient;
import io.windlass.conformance.fixture.StreamClient.Transport;
import io.windlass.cri.v1.ExecRequest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** URLs that nobody connects to. For a minute no other test could ask for one: the node is its own. */
class UnusedStreamsTest extends OwnNode {
    private static final int MOST = 1000;

    @Test
    void areBoundedAndEachThatIsUsedMakesRoom() throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start("sleep", "1000");
            ExecRequest request = ExecRequest.newBuilder().setContainerId(container.id()).addCmd("true").setStdout(true).build();
            String first = StreamUrls.exec(node, request);
            for (int i = 1; i < MOST; i++) {
                assertThat(StreamUrls.exec(node, request)).isNotEqualTo(first);
            }
            Failure.of(node, Code.RESOURCE_EXHAUSTED, () -> StreamUrls.exec(node, request));
            try (StreamClient client = StreamClient.command(Transport.SPDY, first, "error", "stdout")) {
                client.readToEnd();
                assertThat(client.text("error")).contains("\"status\":\"Success\"");
            }
            assertThat(StreamUrls.exec(node, request)).isNotEmpty();
            Failure.of(node, Code.RESOURCE_EXHAUSTED, () -> StreamUrls.exec(node, request));
        }
    }
}
