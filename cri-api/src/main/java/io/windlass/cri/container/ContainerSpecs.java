package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.container.spec.DeviceRules.GivenDevice;
import io.windlass.cri.container.spec.SpecBuilder;
import io.windlass.cri.container.spec.SpecInput;
import io.windlass.cri.container.spec.UsualContainer;
import io.windlass.cri.error.CriException;
import io.windlass.cri.sandbox.PodParts;
import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.shim.cgroup.Cgroup;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.RootSpec;
import io.windlass.shim.spec.SecurityLabel;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.snapshot.Snapshotter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what a container's specification needs on this node, and builds it. */
final class ContainerSpecs {
    private final Snapshotter snapshots;
    private final ContainerStore store;
    private final PodParts pods;
    private final SpecInput.Node node;
    private final LocalSeccomp localSeccomp;
    private final SecurityModules modules;

    ContainerSpecs(Snapshotter snapshots, ContainerStore store, PodParts pods, SecurityModules modules, SpecInput.Node node) {
        this.snapshots = snapshots;
        this.store = store;
        this.pods = pods;
        this.modules = modules;
        this.node = node;
        this.localSeccomp = new LocalSeccomp(node.machine());
    }

    /** Returns the specification of a container in this sandbox to start it by; sources of mounts that are missing are made. */
    ContainerSpec build(ContainerRecord container, SandboxRecord sandbox, ContainerPaths paths, Cgroup cgroup) throws IOException {
        var config = container.config();
        var pid = pidNamespace(container, sandbox);
        var binds = BindMounts.resolve(config.getMountsList());
        List<GivenDevice> devices = new ArrayList<>(config.getLinux().getSecurityContext().getPrivileged() ? HostDevices.all() : List.of());
        devices.addAll(HostDevices.find(config.getDevicesList()));
        return build(container, sandbox, paths, cgroup, pid, binds, devices,
                modules.label(container.id(), config.getLinux().getSecurityContext()));
    }

    /** Tells whether a specification names the PID namespace that is to be joined now: it does so by the number of a process, which may mean another. */
    boolean holds(ContainerSpec spec, ContainerRecord container, SandboxRecord sandbox) throws IOException {
        var pid = spec.linux().namespaces().pid();
        return !(pid instanceof NamespaceSpec.Join) || pid.equals(pidNamespace(container, sandbox));
    }

    /**
     * Returns the specification of a container that may run or have ended, without its devices: what its mounts were made of may be gone from the host by
     * now, and nothing is made or looked at. The label is that of its process: the node may have other profiles by now than when that was started.
     */
    ContainerSpec describe(ContainerRecord container, SandboxRecord sandbox, ContainerPaths paths, Cgroup cgroup) throws IOException {
        var options = container.config().getLinux().getSecurityContext().getNamespaceOptions();
        var pid = options.getPid() == NamespaceMode.NODE ? NamespaceSpec.HOST : NamespaceSpec.NEW;
        SecurityLabel label = null;
        if (container.life() instanceof Running running) {
            label = modules.labelOf(running.shim().initPid());
            if (options.getPid() != NamespaceMode.CONTAINER) {
                pid = NamespaceSpec.join(Namespace.PID.of(running.shim().initPid()));
            }
        }
        return build(container, sandbox, paths, cgroup, pid, BindMounts.describe(container.config().getMountsList()), List.of(), label);
    }

    private ContainerSpec build(ContainerRecord container, SandboxRecord sandbox, ContainerPaths paths, Cgroup cgroup, NamespaceSpec pid,
            List<MountSpec> binds, List<GivenDevice> devices, @Nullable SecurityLabel label) throws IOException {
        var privileged = container.config().getLinux().getSecurityContext().getPrivileged();
        var place = new SpecInput.CgroupPlace(CgroupJoin.of(cgroup.joinFiles()), cgroup.views(privileged));
        return SpecBuilder.build(new SpecInput(container.config(), container.resources(), container.image(), container.user(),
                pods.hostname(sandbox), pods.namespaces(sandbox, pid), root(container), mounts(container, sandbox, paths, binds), devices,
                place, localSeccomp.filter(container, paths), label, node));
    }

    /** Returns the specification of a container that is never started. */
    ContainerSpec usual() {
        return UsualContainer.build(node);
    }

    private RootSpec root(ContainerRecord container) throws ImageException {
        var dirs = snapshots.overlay(container.id().value());
        return new RootSpec.Overlay(dirs.base(), dirs.lowers(), dirs.upper(), dirs.work(),
                container.config().getLinux().getSecurityContext().getReadonlyRootfs());
    }

    private NamespaceSpec pidNamespace(ContainerRecord container, SandboxRecord sandbox) throws IOException {
        var options = container.config().getLinux().getSecurityContext().getNamespaceOptions();
        return switch (options.getPid()) {
            case CONTAINER -> NamespaceSpec.NEW;
            case NODE -> NamespaceSpec.HOST;
            case POD -> pods.pidNamespace(sandbox);
            case TARGET -> target(container, options.getTargetId());
            case UNRECOGNIZED -> throw CriException.invalidArgument("namespace_options.pid is not known");
        };
    }

    private NamespaceSpec target(ContainerRecord container, String targetId) {
        var target = store.require(targetId).record();
        if (!target.sandbox().equals(container.sandbox())) {
            throw CriException.invalidArgument("target container " + target.id() + " is in another sandbox");
        }
        if (target.life() instanceof Running running) {
            return NamespaceSpec.join(Namespace.PID.of(running.shim().initPid()));
        }
        throw CriException.failedPrecondition("target container " + target.id() + " is " + target.life().word() + ", not running");
    }

    /** The sandbox's files first, unless the request has its own, then volumes of the image, then the request's mounts. */
    private List<MountSpec> mounts(ContainerRecord container, SandboxRecord sandbox, ContainerPaths paths, List<MountSpec> binds)
            throws IOException {
        var requested = new ArrayList<>(binds);
        requested.addAll(ImageMounts.specs(container, snapshots));
        var taken = new HashSet<String>();
        requested.forEach(mount -> taken.add(mount.destination()));
        var mounts = new ArrayList<MountSpec>();
        boolean readonly = container.config().getLinux().getSecurityContext().getReadonlyRootfs();
        for (var mount : pods.mounts(sandbox, readonly)) {
            if (!taken.contains(mount.destination())) {
                mounts.add(mount);
            }
        }
        for (var volume : container.volumes()) {
            mounts.add(MountSpec.Bind.of(volume.destination(), paths.volume(volume.directory()), false)
                    .idMapped(sandbox.users().isPresent()));
        }
        mounts.addAll(requested);
        BindMounts.sort(mounts);
        return mounts;
    }
}
