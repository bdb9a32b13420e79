package io.windlass.cri.server;

import io.windlass.cri.v1.VersionRequest;
import io.windlass.cri.v1.VersionResponse;

/** RPC Version. */
public final class Version {

    /** The runtime's name. */
    public static final String NAME = "windlass";

    /** The runtime's version. */
    public static final String NUMBER = "0.1.0";

    private static final String KUBELET_API = "0.1.0";
    private static final String CRI = "v1";

    VersionResponse call(VersionRequest request) {
        return VersionResponse.newBuilder().setVersion(KUBELET_API).setRuntimeName(NAME).setRuntimeVersion(NUMBER).setRuntimeApiVersion(CRI)
                .build();
    }
}
