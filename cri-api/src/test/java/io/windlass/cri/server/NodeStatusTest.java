package io.windlass.cri.server;

import io.windlass.cni.NetworkStatus;
import io.windlass.cri.config.Config;
import io.windlass.cri.v1.RuntimeCondition;
import io.windlass.cri.v1.StatusRequest;
import io.windlass.cri.v1.StatusResponse;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NodeStatusTest {

    private static StatusResponse status(KernelSupport kernel) {
        return new NodeStatus(Config.defaults(), kernel, () -> NetworkStatus.ready("pods"), () -> "").call(StatusRequest.getDefaultInstance());
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
}
