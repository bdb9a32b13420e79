package io.windlass.cri.container.spec;

import io.windlass.cri.container.spec.SpecInput.CgroupPlace;
import io.windlass.cri.container.spec.SpecInput.Node;
import io.windlass.cri.sandbox.PodNamespaces;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.LinuxContainerResources;
import io.windlass.cri.v1.SecurityProfile;
import io.windlass.cri.v1.SecurityProfile.ProfileType;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.RootSpec;
import java.nio.file.Path;
import java.util.List;

/** The specification of a container as most are. It is never started: to make it, and its program, is what a daemon warms itself with. */
public final class UsualContainer {
    private static final Path POD = Path.of("/run/windlass/sandboxes/usual");

    private UsualContainer() {}

    /** Builds it from the beginning. */
    public static ContainerSpec build(Node node) {
        var config = ContainerConfig.newBuilder();
        config.getLinuxBuilder().getSecurityContextBuilder()
                .setSeccomp(SecurityProfile.newBuilder().setProfileType(ProfileType.RuntimeDefault))
                .addAllMaskedPaths(List.of("/proc/acpi", "/proc/kcore", "/sys/firmware")).addReadonlyPaths("/proc/sys");
        var image = new ImageFacts("", "", "", "", "", List.of("sh"), List.of(), List.of("PATH=/bin"), "/", "", List.of());
        var namespaces = new PodNamespaces(join("net"), join("ipc"), join("uts"), join("pid"));
        var root = new RootSpec.Overlay(POD, List.of("2", "1"), "upper", "work", false);
        var mounts = List.<MountSpec>of(bind("/etc/hostname"), bind("/etc/hosts"), bind("/etc/resolv.conf"), bind("/dev/shm"));
        var cgroup = new CgroupPlace(new CgroupJoin(List.of(POD.resolve("tasks")), null), List.of());
        return SpecBuilder.build(new SpecInput(config.build(), LinuxContainerResources.getDefaultInstance(), image,
                new ContainerUser(0, 0, List.of(0), "/root"), "usual", namespaces, root, mounts, List.of(), cgroup, null, null, node));
    }

    private static NamespaceSpec join(String kind) {
        return NamespaceSpec.join(POD.resolve(kind));
    }

    private static MountSpec bind(String path) {
        return MountSpec.Bind.of(path, POD.resolve(path.substring(1)), false);
    }
}
