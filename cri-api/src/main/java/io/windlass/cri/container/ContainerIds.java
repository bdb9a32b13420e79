package io.windlass.cri.container;

import io.windlass.cri.error.CriException;
import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.sandbox.UserMapping;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.Mount;

/** What a container says about the user namespace of its sandbox must be what the sandbox said. All refusals are INVALID_ARGUMENT. */
final class ContainerIds {
    private ContainerIds() {}

    static void check(ContainerConfig config, SandboxRecord sandbox) {
        var options = config.getLinux().getSecurityContext().getNamespaceOptions();
        var ours = sandbox.users();
        if (!UserMapping.of(options).equals(ours)) {
            throw CriException.invalidArgument("namespace_options.userns_options of the container differ from those of sandbox "
                    + sandbox.id());
        }
        for (var mount : config.getMountsList()) {
            if (isMapped(mount) && ours.isPresent() && !of(mount).equals(ours.get())) {
                throw CriException.invalidArgument("mount " + mount.getContainerPath() + ": its mappings differ from those of sandbox "
                        + sandbox.id());
            }
            if (isMapped(mount) && ours.isEmpty()) {
                throw CriException
                        .invalidArgument("mount " + mount.getContainerPath() + ": id mappings need a user namespace, which sandbox "
                                + sandbox.id() + " has not");
            }
        }
    }

    /** Refuses ids that do not exist in the user namespace, which no process can take. */
    static void checkUser(ContainerRecord container, SandboxRecord sandbox) {
        var ours = sandbox.users();
        if (ours.isEmpty()) {
            return;
        }
        var user = container.user();
        long highest = Math.max(Math.max(user.uid(), user.gid()), user.groups().stream().mapToInt(Integer::intValue).max().orElse(0));
        if (highest >= ours.get().length()) {
            throw CriException
                    .invalidArgument("id " + highest + " is not among the " + ours.get().length() + " ids of sandbox " + sandbox.id());
        }
    }

    static boolean isMapped(Mount mount) {
        return mount.getUidMappingsCount() > 0 || mount.getGidMappingsCount() > 0;
    }

    private static UserMapping of(Mount mount) {
        return UserMapping.of("mount " + mount.getContainerPath(), mount.getUidMappingsList(), mount.getGidMappingsList());
    }
}
