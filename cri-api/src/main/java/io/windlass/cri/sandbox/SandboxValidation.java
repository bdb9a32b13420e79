package io.windlass.cri.sandbox;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.LinuxSandboxSecurityContext;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.SecurityProfile.ProfileType;
import io.windlass.cri.v1.SupplementalGroupsPolicy;
import java.util.List;
import java.util.Set;

/** Refuses a RunPodSandbox request that can never work, by the name of the field. All refusals are INVALID_ARGUMENT. */
final class SandboxValidation {
    private static final int MAX_HOSTNAME = 64;

    private SandboxValidation() {}

    /** @param handlers names of runtime handlers beside the default one, which is the empty name */
    static void check(RunPodSandboxRequest request, Set<String> handlers) {
        if (!request.hasConfig()) {
            throw CriException.invalidArgument("config is missing");
        }
        var config = request.getConfig();
        if (!config.hasMetadata()) {
            throw CriException.invalidArgument("config.metadata is missing");
        }
        require("config.metadata.name", config.getMetadata().getName());
        requirePrintable("config.metadata.namespace", config.getMetadata().getNamespace());
        requirePrintable("config.metadata.uid", config.getMetadata().getUid());
        if (!request.getRuntimeHandler().isEmpty() && !handlers.contains(request.getRuntimeHandler())) {
            throw CriException.invalidArgument("runtime_handler \"" + request.getRuntimeHandler()
                    + "\" is not configured: leave it empty for the default one, or add it to runtime_handlers");
        }
        checkHostname(config.getHostname());
        checkNamespaces(config.getLinux().getSecurityContext().getNamespaceOptions());
        checkContext(config.getLinux().getSecurityContext());
        checkLines(config);
        Sysctls.check(config);
        PodAttachment.ports(config);
        PodBandwidth.of(config.getAnnotationsMap());
        checkPath("config.linux.cgroup_parent", config.getLinux().getCgroupParent());
        checkPath("config.log_directory", config.getLogDirectory());
    }

    private static void require(String field, String value) {
        if (value.isEmpty()) {
            throw CriException.invalidArgument(field + " is empty");
        }
        requirePrintable(field, value);
    }

    private static void requirePrintable(String field, String value) {
        if (hasControl(value)) {
            throw CriException.invalidArgument(field + " holds control characters");
        }
    }

    private static void checkHostname(String hostname) {
        if (hostname.length() > MAX_HOSTNAME || hasControl(hostname) || hostname.indexOf('/') >= 0 || hostname.indexOf(' ') >= 0) {
            throw CriException.invalidArgument("config.hostname is not valid: use at most 64 characters, no spaces, no slashes");
        }
    }

    private static void checkNamespaces(NamespaceOption options) {
        if (options.getNetwork() != NamespaceMode.POD && options.getNetwork() != NamespaceMode.NODE) {
            throw CriException.invalidArgument("namespace_options.network must be POD or NODE for a sandbox");
        }
        if (options.getIpc() != NamespaceMode.POD && options.getIpc() != NamespaceMode.NODE) {
            throw CriException.invalidArgument("namespace_options.ipc must be POD or NODE for a sandbox");
        }
        if (options.getPid() == NamespaceMode.TARGET || options.getPid() == NamespaceMode.UNRECOGNIZED) {
            throw CriException.invalidArgument("namespace_options.pid must be POD, CONTAINER or NODE for a sandbox");
        }
        UserMapping.check(options);
    }

    /** A sandbox has no process of its own for these; what they say must have a meaning all the same. */
    private static void checkContext(LinuxSandboxSecurityContext context) {
        if (context.getSupplementalGroupsPolicy() == SupplementalGroupsPolicy.UNRECOGNIZED) {
            throw CriException.invalidArgument("supplemental_groups_policy is not known: use Merge or Strict");
        }
        if (context.getSeccomp().getProfileType() == ProfileType.UNRECOGNIZED
                || context.getApparmor().getProfileType() == ProfileType.UNRECOGNIZED) {
            throw CriException.invalidArgument("profile_type is not known: use RuntimeDefault, Unconfined or Localhost");
        }
    }

    private static void checkLines(PodSandboxConfig config) {
        var dns = config.getDnsConfig();
        for (var list : List.of(dns.getServersList(), dns.getSearchesList(), dns.getOptionsList())) {
            for (var word : list) {
                if (word.isEmpty() || hasControl(word) || word.indexOf(' ') >= 0) {
                    throw CriException.invalidArgument("config.dns_config holds an entry that is no single word: \""
                            + word.replaceAll("\\p{Cntrl}", "?") + "\"");
                }
            }
        }
    }

    private static void checkPath(String field, String path) {
        if (path.isEmpty()) {
            return;
        }
        if (!path.startsWith("/") || hasControl(path)) {
            throw CriException.invalidArgument(field + " \"" + path.replaceAll("\\p{Cntrl}", "?") + "\" is not an absolute path");
        }
        if ((path + "/").contains("/../")) {
            throw CriException.invalidArgument(field + " \"" + path + "\" must not hold \"..\"");
        }
    }

    private static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }
}
