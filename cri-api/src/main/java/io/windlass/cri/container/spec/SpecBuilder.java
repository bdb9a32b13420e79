package io.windlass.cri.container.spec;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.KeyValue;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.shim.seccomp.DefaultProfile;
import io.windlass.shim.spec.Capabilities;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.DeviceSpec;
import io.windlass.shim.spec.LinuxSpec;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.Namespaces;
import io.windlass.shim.spec.ProcessSpec;
import io.windlass.shim.spec.Propagation;
import io.windlass.shim.spec.RawText;
import io.windlass.shim.spec.SeccompFilter;
import io.windlass.shim.spec.StandardMounts;
import io.windlass.shim.spec.UserSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Builds the specification of a container. Pure: the same input gives the same specification, so that it need not be stored.
 *
 * <p>
 * Defaults are those that users of the peers know: the default capabilities, a read-only /sys, nothing hidden unless the request says so
 * (a kubelet always says it). A request without any security context gets the usual hidden and read-only paths.
 */
public final class SpecBuilder {
    private static final int UMASK = 0022;

    private SpecBuilder() {}

    /** @throws CriException INVALID_ARGUMENT for a value of the request that cannot be met */
    public static ContainerSpec build(SpecInput in) {
        return new ContainerSpec(process(in), in.root(), "", mounts(in), linux(in));
    }

    private static ProcessSpec process(SpecInput in) {
        var config = in.config();
        var image = in.image();
        var user = in.user();
        var capabilities = GrantedCapabilities.of(in.context(), in.node().possible());
        return new ProcessSpec(
                CommandLine.merge(config.getCommandList(), config.getArgsList(), image.entrypoint(), image.cmd()), environment(in),
                workingDirectory(config.getWorkingDir(), image.workingDir()),
                new UserSpec(user.uid(), user.gid(), user.groups(), UMASK), capabilities,
                in.node().rlimits(), in.context().getNoNewPrivs(),
                Math.max(CgroupLimits.oomScoreAdj(in.resources()), in.node().leastOomScoreAdj()), config.getTty(),
                seccomp(in, capabilities), in.label());
    }

    private static @Nullable SeccompFilter seccomp(SpecInput in, Capabilities capabilities) {
        return switch (SecurityProfiles.seccomp(in.context())) {
            case ProfileChoice.Unconfined() -> null;
            case ProfileChoice.RuntimeDefault() -> DefaultProfile.filter(capabilities.bounding(), in.node().machine());
            case ProfileChoice.Localhost(_) -> Objects.requireNonNull(in.localSeccomp());
        };
    }

    private static List<String> environment(SpecInput in) {
        var environment = new Environment().put("PATH", Environment.DEFAULT_PATH).put("HOSTNAME", in.hostname());
        if (in.config().getTty()) {
            environment.put("TERM", "xterm");
        }
        environment.putAll(in.image().env());
        for (KeyValue variable : in.config().getEnvsList()) {
            environment.put(variable.getKey(), RawText.of(variable.getValue().toByteArray()));
        }
        return environment.putIfAbsent("HOME", in.user().home()).entries();
    }

    private static String workingDirectory(String requested, String image) {
        if (!requested.isEmpty() && !requested.startsWith("/")) {
            throw CriException.invalidArgument("working_dir \"" + requested + "\" is not absolute");
        }
        if (!requested.isEmpty()) {
            return requested;
        }
        return image.startsWith("/") ? image : "/" + image;
    }

    private static List<MountSpec> mounts(SpecInput in) {
        var given = new HashSet<String>();
        in.mounts().forEach(mount -> given.add(mount.destination()));
        var mounts = new ArrayList<MountSpec>();
        for (var standard : StandardMounts.of(in.privileged(), in.cgroup().views())) {
            var destination = standard.destination();
            if (!given.contains(destination) && !(given.contains("/dev") && destination.startsWith("/dev/"))) {
                mounts.add(foreignSysfs(in) && standard instanceof MountSpec.Filesystem sysfs && sysfs.type().equals("sysfs")
                        ? new MountSpec.Bind("/sys", Path.of(destination), false, sysfs.flags(), false, Propagation.PRIVATE)
                        : standard);
            }
        }
        mounts.addAll(in.mounts());
        in.devices().stream().map(DeviceRules.GivenDevice::node).filter(device -> !device.isInDev())
                .forEach(device -> mounts.add(MountSpec.Bind.of(device.path(), device.source(), false)));
        return mounts;
    }

    /** The kernel makes a sysfs only for the owner of the network namespace: with the host's network, the pod's user namespace is not. */
    private static boolean foreignSysfs(SpecInput in) {
        return in.namespaces().user() != null && in.namespaces().net() instanceof NamespaceSpec.Host;
    }

    private static LinuxSpec linux(SpecInput in) {
        var context = in.context();
        boolean silent = !in.config().getLinux().hasSecurityContext();
        List<String> masked = silent ? LinuxSpec.DEFAULT_MASKED : context.getMaskedPathsList();
        List<String> readonly = silent ? LinuxSpec.DEFAULT_READONLY : context.getReadonlyPathsList();
        List<DeviceSpec> devices = in.devices().stream().map(DeviceRules.GivenDevice::node).filter(DeviceSpec::isInDev).toList();
        return new LinuxSpec(namespaces(in), in.cgroup().join(), in.cgroupResources(), in.privileged() ? List.of() : masked,
                in.privileged() ? List.of() : readonly, devices, Map.of());
    }

    private static Namespaces namespaces(SpecInput in) {
        var pod = in.namespaces();
        var pid = in.context().getNamespaceOptions().getPid() == NamespaceMode.CONTAINER ? NamespaceSpec.NEW : pod.pid();
        return new Namespaces(pod.net(), pod.ipc(), pod.uts(), pid, in.privileged() ? NamespaceSpec.HOST : NamespaceSpec.NEW,
                pod.user());
    }
}
