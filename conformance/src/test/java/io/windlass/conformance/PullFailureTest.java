package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Loopback;
import io.windlass.conformance.fixture.LyingRegistry;
import io.windlass.conformance.fixture.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class PullFailureTest {

    @Test
    void namesAnImageThatIsNotThere(Node node) {
        Failure failure = Failure.of(node, Code.NOT_FOUND, () -> node.pull(node.registry().reference("absent:1")));
        assertThat(failure.message()).contains("absent:1");
    }

    @Test
    void namesARegistryThatIsDown(Node node) throws Exception {
        String host = "127.0.0.1:" + Loopback.freePort();
        node.allowPlainHttp(host);
        Failure failure = Failure.of(node, Code.UNAVAILABLE, () -> node.pull(host + "/down:1"));
        assertThat(failure.message()).contains(host);
    }

    @Test
    void worksOnceTheRegistryIsThere(Node node) throws Exception {
        try (LyingRegistry registry = LyingRegistry.start()) {
            node.allowPlainHttp(registry.host());
            String reference = registry.host() + "/late:1";
            Failure.of(node, Code.NOT_FOUND, () -> node.pull(reference));
            registry.honest("late", ImageTest.marked("late"));
            try (Pulled pulled = Pulled.pull(node, reference)) {
                assertThat(ImageTest.status(node, pulled.name()).hasImage()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"401,UNAUTHENTICATED", "403,PERMISSION_DENIED", "404,NOT_FOUND", "429,UNAVAILABLE", "500,UNAVAILABLE"})
    void mapsTheRegistrysAnswer(int status, Code code, Node node) throws Exception {
        try (LyingRegistry registry = LyingRegistry.start()) {
            node.allowPlainHttp(registry.host());
            Failure failure = Failure.of(node, code, () -> node.pull(registry.refusing(status)));
            assertThat(failure.message()).contains(registry.refusing(status));
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "keeps the bad download, so that the next pull fails likewise")
    void refusesABlobOfAnotherDigestAndTheNextPullWorks(Node node) throws Exception {
        try (LyingRegistry registry = LyingRegistry.start()) {
            node.allowPlainHttp(registry.host());
            String corrupt = registry.corruptBlob("blob", ImageTest.marked("blob"));
            Failure.of(node, Code.DATA_LOSS, () -> node.pull(corrupt));
            assertThat(ImageTest.status(node, corrupt).hasImage()).isFalse();
            try (Pulled pulled = Pulled.pull(node, registry.honest("blob", ImageTest.marked("blob")))) {
                assertThat(ImageTest.status(node, pulled.reference()).hasImage()).isTrue();
            }
        }
    }

    @Test
    void refusesALayerOfAnotherDiffId(Node node) throws Exception {
        try (LyingRegistry registry = LyingRegistry.start()) {
            node.allowPlainHttp(registry.host());
            String corrupt = registry.corruptDiffId("diff", ImageTest.marked("diff"));
            Failure failure = Failure.of(node, Code.DATA_LOSS, () -> node.pull(corrupt));
            assertThat(failure.message()).contains("sha256:");
            assertThat(ImageTest.status(node, corrupt).hasImage()).isFalse();
            try (Pulled pulled = Pulled.pull(node, registry.honest("diff", ImageTest.marked("diff")))) {
                assertThat(ImageTest.status(node, pulled.reference()).hasImage()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost/UPPER:1", "127.0.0.1:5000/x@sha256:12", "127.0.0.1:5000/x@sha256:../../x", "a b", ":1"})
    void refusesAReferenceThatIsNone(String reference, Node node) {
        Failure.of(node, Code.INVALID_ARGUMENT, () -> node.pull(reference));
    }
}
