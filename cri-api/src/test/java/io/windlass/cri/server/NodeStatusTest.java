package io.windlass.cri.server;

import io.windlass.cni.NetworkStatus;
import io.windlass.cri.config.Config;
import io.windlass.cri.v1.RuntimeCondition;
import io.windlass.cri.v1.RuntimeHandler;
import io.windlass.cri.v1.StatusRequest;
import io.windlass.cri.v1.StatusResponse;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NodeStatusTest {

    private static StatusResponse status(KernelSupport kernel, String... handlers) {
        var defaults = Config.defaults();
        var config = new Config(defaults.root(), defaults.state(), defaults.socket(), "", Set.of(handlers), 1, 1 << 20, defaults.cni(),
                defaults.registry(), defaults.cgroup(), defaults.stream(), defaults.log(), defaults.container());
        return new NodeStatus(config, kernel, () -> NetworkStatus.ready("pods"), () -> "").call(StatusRequest.getDefaultInstance());
    }

    private static RuntimeCondition runtime(StatusResponse status) {
        return status.getStatus().getConditionsList().stream().filter(condition -> condition.getType().equals("RuntimeReady")).findFirst()
                .orElseThrow();
    }

    @Test
    void theRuntimeIsReadyOnThisKernel() {
        var status = status(KernelSupport.probe());
        assertThat(runtime(status)).isEqualTo(RuntimeCondition.newBuilder().setType("RuntimeReady").setStatus(true).build());
        assertThat(status.getRuntimeHandlers(0).getFeatures().getRecursiveReadOnlyMounts()).isTrue();
    }

    @Test
    void theRuntimeIsNotReadyOnAKernelThatIsTooOld() {
        var status = status(KernelSupport.of(() -> {
            throw new ErrnoException("mount_setattr /", Errno.ENOSYS);
        }));
        assertThat(runtime(status).getStatus()).isFalse();
        assertThat(runtime(status).getReason()).isEqualTo("KernelNotSupported");
        assertThat(runtime(status).getMessage()).contains("mount_setattr /", "ENOSYS", "Linux 5.12 or later");
        assertThat(status.getRuntimeHandlers(0).getFeatures().getRecursiveReadOnlyMounts()).isFalse();
    }

    @Test
    void handlersHaveTheFeaturesOfTheDefaultOne() {
        var handlers = status(KernelSupport.probe(), "runc", "crun").getRuntimeHandlersList();
        assertThat(handlers).extracting(RuntimeHandler::getName).containsExactly("", "crun", "runc");
        assertThat(handlers).extracting(RuntimeHandler::getFeatures).containsOnly(handlers.getFirst().getFeatures());
    }
}
