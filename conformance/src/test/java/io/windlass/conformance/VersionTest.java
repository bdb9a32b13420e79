package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.cri.v1.CgroupDriver;
import io.windlass.cri.v1.RuntimeCondition;
import io.windlass.cri.v1.RuntimeConfigRequest;
import io.windlass.cri.v1.RuntimeHandler;
import io.windlass.cri.v1.StatusRequest;
import io.windlass.cri.v1.StatusResponse;
import io.windlass.cri.v1.VersionRequest;
import io.windlass.cri.v1.VersionResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class VersionTest {

    @Test
    void namesTheRuntimeAndTheVersionThatAKubeletExpects(Node node) {
        VersionResponse version = node.cri().runtime().version(VersionRequest.newBuilder().setVersion("0.1.0").build());
        assertThat(version.getVersion()).isEqualTo("0.1.0");
        assertThat(version.getRuntimeApiVersion()).isEqualTo("v1");
        assertThat(version.getRuntimeName()).isNotBlank();
        assertThat(version.getRuntimeVersion()).isNotBlank();
    }

    @Test
    void isReadyWithItsNetwork(Node node) {
        StatusResponse status = node.cri().runtime().status(StatusRequest.getDefaultInstance());
        assertThat(status.getStatus().getConditionsList()).filteredOn(RuntimeCondition::getStatus).extracting(RuntimeCondition::getType)
                .contains("RuntimeReady", "NetworkReady");
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 does not know runtime handlers in Status")
    void listsTheDefaultHandlerByTheEmptyName(Node node) {
        StatusResponse status = node.cri().runtime().status(StatusRequest.getDefaultInstance());
        assertThat(status.getRuntimeHandlersList()).extracting(RuntimeHandler::getName).contains("");
    }

    @Test
    void tellsItsConfigWhenAskedForMore(Node node) {
        StatusResponse status = node.cri().runtime().status(StatusRequest.newBuilder().setVerbose(true).build());
        assertThat(status.getInfoMap()).containsKey("config");
        assertThat(status.getInfoMap().get("config")).contains("sandboxImage");
        assertThat(node.cri().runtime().status(StatusRequest.getDefaultInstance()).getInfoMap()).isEmpty();
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 does not know RuntimeConfig")
    void tellsTheCgroupDriver(Node node) {
        assertThat(node.cri().runtime().runtimeConfig(RuntimeConfigRequest.getDefaultInstance()).getLinux().getCgroupDriver())
                .isEqualTo(CgroupDriver.CGROUPFS);
    }
}
