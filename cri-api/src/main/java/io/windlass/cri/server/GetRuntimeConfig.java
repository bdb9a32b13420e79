package io.windlass.cri.server;

import io.windlass.cri.config.Config;
import io.windlass.cri.v1.CgroupDriver;
import io.windlass.cri.v1.LinuxRuntimeConfiguration;
import io.windlass.cri.v1.RuntimeConfigRequest;
import io.windlass.cri.v1.RuntimeConfigResponse;

/** RPC RuntimeConfig: the cgroup driver. It is always set: left out, it would read as systemd. */
final class GetRuntimeConfig {

    private final RuntimeConfigResponse response;

    GetRuntimeConfig(Config.Cgroup cgroup) {
        CgroupDriver driver = switch (cgroup.driver()) {
            case CGROUPFS -> CgroupDriver.CGROUPFS;
        };
        this.response = RuntimeConfigResponse.newBuilder().setLinux(LinuxRuntimeConfiguration.newBuilder().setCgroupDriver(driver)).build();
    }

    RuntimeConfigResponse call(RuntimeConfigRequest request) {
        return response;
    }
}
