package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.Device;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Devices, and what a container may do with them. */
@OnNode
class DeviceTest {
    private static Consumer<ContainerConfig.Builder> device(String path, String permissions) {
        return c -> c.addDevices(Device.newBuilder().setHostPath(path).setContainerPath("/dev/mine").setPermissions(permissions));
    }

    /** /dev/kmsg is none that every container has, and to read it may take a capability. */
    @ParameterizedTest
    @CsvSource({"r,read", "w,write", "rw,read write", "m,''", "rwm,read write"})
    void letsThroughTheAccessThatIsGiven(String permissions, String allowed, Node node) throws Exception {
        Consumer<ContainerConfig.Builder> syslog = ProcessTest.user(s -> s.getCapabilitiesBuilder().addAddCapabilities("SYSLOG"));
        String script = "(: < /dev/mine) 2>/dev/null && printf 'read '; (: > /dev/mine) 2>/dev/null && printf 'write '; true";
        assertThat(ProcessTest.output(node, device("/dev/kmsg", permissions).andThen(syslog), script).strip()).isEqualTo(allowed);
    }

    /** As a pod's raw block volume is, whose devicePath may be any. */
    @Test
    void mayBeAnywhere(Node node) throws Exception {
        Consumer<ContainerConfig.Builder> there = c -> c.addDevices(
                Device.newBuilder().setHostPath("/dev/kmsg").setContainerPath("/mnt/volume/raw").setPermissions("w"));
        assertThat(ProcessTest.output(node, there, "stat -c '%F %t:%T' /mnt/volume/raw; (: > /mnt/volume/raw) && echo written; "
                + "(: < /mnt/volume/raw) 2>&1 | grep -o 'not permitted'"))
                .isEqualTo("character special file 1:b\nwritten\nnot permitted\n");
    }

    @Test
    void refusesOthersByDefault(Node node) throws Exception {
        assertThat(ProcessTest.output(node, c -> {
        }, "mknod /dev/k c 1 11 && (: < /dev/k) 2>&1 | grep -o 'not permitted'; mknod /dev/n c 1 3 && (: < /dev/n) && echo null"))
                .isEqualTo("not permitted\nnull\n");
    }

    /** VPNs in containers that are not privileged make the node and open it; a kernel without tun says that there is no such device. */
    @Test
    void letsThroughTun(Node node) throws Exception {
        assertThat(ProcessTest.output(node, c -> {
        }, "mkdir -p /dev/net && mknod /dev/net/tun c 10 200 && { (: < /dev/net/tun) 2>&1 | grep -c 'not permitted' || true; }"))
                .isEqualTo("0\n");
    }

    @Test
    void hasTheOwnerAndModeOfTheHost(Node node) throws Exception {
        assertThat(ProcessTest.output(node, device("/dev/null", "rw"), "stat -c '%F %t:%T %u:%g %a' /dev/mine"))
                .isEqualTo("character special file 1:3 0:0 666\n");
    }
}
