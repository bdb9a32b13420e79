package io.windlass.cri.container;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;

/**
 * Refuses a CreateContainer request that can never work, by the name of the field. All refusals are INVALID_ARGUMENT, but for devices by CDI
 * (Container Device Interface), which is not offered here: FAILED_PRECONDITION.
 */
final class ContainerValidation {
    private static final String CDI_ANNOTATION = "cdi.k8s.io/";

    private ContainerValidation() {}

    static void check(CreateContainerRequest request) {
        if (!request.hasConfig()) {
            throw CriException.invalidArgument("config is missing");
        }
        var config = request.getConfig();
        if (!config.hasMetadata() || config.getMetadata().getName().isEmpty()) {
            throw CriException.invalidArgument("config.metadata is missing or has no name");
        }
        if (config.getMetadata().getName().chars().anyMatch(Character::isISOControl)) {
            throw CriException.invalidArgument("config.metadata.name holds control characters");
        }
        if (!config.hasImage() || config.getImage().getImage().isEmpty()) {
            throw CriException.invalidArgument("config.image is missing");
        }
        checkStrings(config);
        checkLogPath(config.getLogPath());
        checkNamespaces(config.getLinux().getSecurityContext().getNamespaceOptions());
        checkCdi(config);
    }

    /** A device plugin may ask by annotation, too, as all had to once; of a pod's annotations a kubelet gives containers none. */
    private static void checkCdi(ContainerConfig config) {
        String asked = config.getCDIDevicesCount() > 0
                ? "CDI_devices \"" + config.getCDIDevices(0).getName() + "\""
                : config.getAnnotationsMap().keySet().stream().filter(key -> key.startsWith(CDI_ANNOTATION)).findFirst()
                        .map(key -> "annotation " + key).orElse("");
        if (!asked.isEmpty()) {
            throw CriException.failedPrecondition(asked
                    + " asks for a device by CDI, which is not offered: have the device plugin give device nodes and mounts");
        }
    }

    private static void checkStrings(ContainerConfig config) {
        for (var word : config.getCommandList()) {
            requireNoNul("config.command", word);
        }
        for (var word : config.getArgsList()) {
            requireNoNul("config.args", word);
        }
        requireNoNul("config.working_dir", config.getWorkingDir());
        config.getLinux().getSecurityContext().getMaskedPathsList().forEach(path -> requireAbsolute("masked_paths", path));
        config.getLinux().getSecurityContext().getReadonlyPathsList().forEach(path -> requireAbsolute("readonly_paths", path));
    }

    private static void checkLogPath(String path) {
        requireNoNul("config.log_path", path);
        if (path.startsWith("/") || ("/" + path + "/").contains("/../")) {
            throw CriException.invalidArgument("config.log_path \"" + path + "\" must stay below the sandbox's log directory: no \"..\", "
                    + "no leading slash");
        }
    }

    /** Network and IPC are the sandbox's, whatever a container says of them; that must have a meaning all the same. */
    private static void checkNamespaces(NamespaceOption options) {
        if (options.getNetwork() == NamespaceMode.UNRECOGNIZED || options.getIpc() == NamespaceMode.UNRECOGNIZED
                || options.getPid() == NamespaceMode.UNRECOGNIZED) {
            throw CriException.invalidArgument("namespace_options: a mode is not known: use POD, CONTAINER, NODE or TARGET");
        }
    }

    private static void requireAbsolute(String field, String path) {
        requireNoNul(field, path);
        if (!path.startsWith("/")) {
            throw CriException.invalidArgument(field + " entry \"" + path + "\" is not an absolute path");
        }
    }

    private static void requireNoNul(String field, String value) {
        if (value.indexOf('\0') >= 0) {
            throw CriException.invalidArgument(field + " holds a NUL byte");
        }
    }
}
