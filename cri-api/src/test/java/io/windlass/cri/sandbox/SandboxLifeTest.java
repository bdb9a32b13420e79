package io.windlass.cri.sandbox;

import io.grpc.Status.Code;
import io.windlass.cni.NetworkException;
import io.windlass.cri.config.Config;
import io.windlass.cri.error.CriException;
import io.windlass.cri.event.Events;
import io.windlass.cri.fake.FakeNetwork;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.LinuxPodSandboxConfig;
import io.windlass.cri.v1.LinuxSandboxSecurityContext;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.PodSandboxMetadata;
import io.windlass.cri.v1.PodSandboxState;
import io.windlass.cri.v1.PodSandboxStatusRequest;
import io.windlass.cri.v1.PodSandboxStatusResponse;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import io.windlass.shim.cgroup.CgroupDriver;
import io.windlass.shim.linux.MountPoint;
import io.windlass.shim.linux.Mounts;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import io.windlass.shim.process.Launcher;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Sandboxes with real namespaces, mounts and cgroups, and a network that is none. */
class SandboxLifeTest {
    @TempDir
    private Path scratch;

    private final FakeNetwork network = new FakeNetwork();
    private SandboxServices services;
    private SandboxServices.Calls calls;

    private static final PodContainers NO_CONTAINERS = new PodContainers() {
        @Override
        public void kill(ObjectId sandbox) {}

        @Override
        public void remove(ObjectId sandbox) {}

        @Override
        public List<ContainerStatus> statuses(ObjectId sandbox) {
            return List.of();
        }
    };

    @BeforeEach
    void open() throws IOException {
        var defaults = Config.defaults();
        var cni = new Config.Cni(scratch.resolve("net.d"), "", 1, List.of(), "", "", scratch.resolve("netns"));
        var config = new Config(scratch.resolve("root"), scratch.resolve("state"), scratch.resolve("s"), "", Set.of("runc"), 1, 1 << 20,
                cni, defaults.registry(), defaults.cgroup(), defaults.stream(), defaults.log(), defaults.container());
        services = SandboxServices.open(config, network, CgroupDriver.detect(), new Launcher(), InstantSource.system());
        var events = new Events(InstantSource.system(), (sandbox, event) -> {
        });
        services.recover(events);
        calls = services.calls(NO_CONTAINERS, events);
    }

    @AfterEach
    void removeAll() throws Exception {
        network.failDel = false;
        for (var sandbox : List.copyOf(services.store().all())) {
            calls.remove().call(remove(sandbox.id().value()));
        }
        services.close();
        assertNothingLeft();
    }

    @Test
    void givesASandboxItsOwnNamespacesAndFiles() throws Exception {
        var id = run(request(config -> config.setHostname("web-0").setLinux(linux(NamespaceMode.POD)
                .putSysctls("net.ipv4.ip_local_port_range", "20000 21000").putSysctls("kernel.shm_rmid_forced", "1"))));
        var paths = new SandboxPaths(scratch.resolve("state/sandboxes").resolve(id));
        assertThat(inside(paths, "/proc/sys/kernel/hostname")).isEqualTo("web-0");
        assertThat(inside(paths, "/proc/sys/net/ipv4/ip_local_port_range")).isEqualTo("20000\t21000");
        assertThat(inside(paths, "/proc/sys/net/ipv4/ip_unprivileged_port_start")).isEqualTo("0");
        assertThat(inside(paths, "/proc/sys/kernel/shm_rmid_forced")).isEqualTo("1");
        assertThat(Files.readString(paths.hostname())).isEqualTo("web-0\n");
        assertThat(Mounts.self()).filteredOn(mount -> mount.path().equals(paths.shm().toString())).extracting(MountPoint::type)
                .containsExactly("tmpfs");
        var status = status(id).getStatus();
        assertThat(status.getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
        assertThat(status.getNetwork().getIp()).isEqualTo("10.9.0.2");
        assertThat(network.attached).containsExactly(id);
    }

    @Test
    void stopsAndRemovesAndMayDoSoAgain() throws Exception {
        var id = run(request(config -> {
        }));
        for (int i = 0; i < 2; i++) {
            calls.stop().call(StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build());
            assertThat(status(id).getStatus().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
            assertThat(status(id).getStatus().getNetwork().getIp()).isEmpty();
        }
        assertThat(network.attached).isEmpty();
        calls.remove().call(remove(id));
        calls.remove().call(remove(id));
        calls.stop().call(StopPodSandboxRequest.newBuilder().setPodSandboxId("unknown").build());
        assertThatThrownBy(() -> status(id)).isInstanceOfSatisfying(CriException.class,
                e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    }

    @Test
    void sharesTheNodesNamespacesWhenAsked() throws Exception {
        var id = run(request(config -> config.setLinux(linux(NamespaceMode.NODE))));
        assertThat(status(id).getStatus().getNetwork().getIp()).isEmpty();
        assertThat(network.attached).isEmpty();
        assertThat(scratch.resolve("state/sandboxes").resolve(id).resolve("net")).doesNotExist();
        assertThat(scratch.resolve("state/sandboxes").resolve(id).resolve("shm")).doesNotExist();
    }

    @Test
    void givesARetryTheSameSandbox() throws Exception {
        var request = request(config -> {
        });
        assertThat(run(request)).isEqualTo(run(request));
        assertThatThrownBy(() -> run(request(config -> config.setHostname("other"))))
                .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.ALREADY_EXISTS));
    }

    @Test
    void leavesNothingOfASandboxThatGotNoNetwork() throws Exception {
        network.failAdd = true;
        assertThatThrownBy(() -> run(request(config -> {
        }))).isInstanceOf(NetworkException.class);
        assertThat(services.store().all()).isEmpty();
        assertThat(network.attached).isEmpty();
        assertNothingLeft();
        network.failAdd = false;
        run(request(config -> {
        }));
    }

    @Test
    void keepsASandboxWhoseNetworkCouldNotBeTakenBack() throws Exception {
        network.failAdd = true;
        network.failDel = true;
        assertThatThrownBy(() -> run(request(config -> {
        }))).isInstanceOf(NetworkException.class);
        var listed = calls.list().call(ListPodSandboxRequest.getDefaultInstance()).getItemsList();
        assertThat(listed).singleElement().satisfies(item -> assertThat(item.getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY));
        network.failDel = false;
        calls.remove().call(remove(listed.getFirst().getId()));
        assertThat(network.attached).isEmpty();
    }

    /** The name of a sandbox that nobody was told of is free once that is taken back; until then the error says what is in the way. */
    @Test
    void takesBackWhatWasNeverReadyForARetry() throws Exception {
        network.failAdd = true;
        network.failDel = true;
        var request = request(config -> {
        });
        assertThatThrownBy(() -> run(request)).isInstanceOf(NetworkException.class);
        network.failAdd = false;
        String left = services.store().all().iterator().next().id().value();
        assertThatThrownBy(() -> run(request)).hasMessageContaining(left).hasMessageContaining("plugin failed")
                .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
        network.failDel = false;
        String again = run(request);
        assertThat(again).isNotEqualTo(left);
        assertThat(services.store().all()).singleElement().satisfies(only -> assertThat(only.id().value()).isEqualTo(again));
        assertThat(network.attached).containsExactly(again);
    }

    @Test
    void keepsTheNameOfASandboxThatWasReady() throws Exception {
        var request = request(config -> {
        });
        calls.stop().call(StopPodSandboxRequest.newBuilder().setPodSandboxId(run(request)).build());
        assertThatThrownBy(() -> run(request))
                .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.ALREADY_EXISTS));
    }

    @Test
    void takesASandboxOffItsNetworkByItselfInTheEnd() throws Exception {
        var id = run(request(config -> {
        }));
        network.failDel = true;
        assertThatThrownBy(() -> calls.stop().call(StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build()))
                .isInstanceOf(NetworkException.class);
        assertThat(status(id).getStatus().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
        network.failDel = false;
        network.awaitNobody();
        assertThat(status(id).getStatus().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
    }

    /** Who stopped it has noted that it has no network, and so would nobody else. */
    @Test
    void takesASandboxOffItsNetworkThatWasStoppedBeforeItCameOntoIt() throws Exception {
        network.beforeAdd = id -> {
            try {
                calls.stop().call(StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            network.failDel = true;
        };
        assertThatThrownBy(() -> run(request(config -> {
        }))).hasMessageContaining("was stopped while it was made");
        assertThat(services.store().all()).isEmpty();
        assertThat(network.attached).hasSize(1);
        network.failDel = false;
        network.awaitNobody();
    }

    @Test
    void leavesNothingOfASandboxThatCouldBeNeitherMadeNorNoted() throws Exception {
        Files.delete(scratch.resolve("root/sandboxes"));
        assertThatThrownBy(() -> run(request(config -> config.setLinux(linux(NamespaceMode.POD).putSysctls("net.no.such", "1")))))
                .isInstanceOf(IOException.class);
        assertNothingLeft();
    }

    @Test
    void findsItsSandboxesAfterARestart() throws Exception {
        var kept = run(request(config -> {
        }));
        var gone = run(request(config -> config.getMetadataBuilder().setAttempt(1)));
        Namespace.unpin(new SandboxPaths(scratch.resolve("state/sandboxes").resolve(gone)).net());
        services.close();
        open();
        assertThat(status(kept).getStatus().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
        assertThat(status(kept).getStatus().getNetwork().getIp()).isEqualTo("10.9.0.2");
        assertThat(status(gone).getStatus().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
        assertThat(run(request(config -> {
        }))).isEqualTo(kept);
    }

    /** There may be a container in it that does not run yet. */
    @Test
    void keepsACgroupThatAnotherSandboxHasUntilTheLastOfThemGoes() throws Exception {
        var driver = CgroupDriver.detect();
        var parent = "/windlass/shared-" + ProcessHandle.current().pid();
        var first = run(request(config -> config.getLinuxBuilder().setCgroupParent(parent)));
        var second = run(request(config -> {
            config.getMetadataBuilder().setAttempt(1);
            config.getLinuxBuilder().setCgroupParent(parent);
        }));
        driver.cgroup(parent + "/created").create();
        calls.remove().call(remove(first));
        assertThat(driver.cgroup(parent + "/created").exists()).isTrue();
        services.close();
        open();
        calls.remove().call(remove(second));
        assertThat(driver.cgroup(parent).exists()).isFalse();
    }

    @Test
    void pinsItsNetworkNamespaceWhereAgentsOfTheNodeLook() throws Exception {
        var id = run(request(config -> {
        }));
        var pin = new SandboxPaths(scratch.resolve("state/sandboxes").resolve(id)).net();
        assertThat(pin).hasParentRaw(scratch.resolve("netns"));
        assertThat(pin.getFileName().toString()).matches("cni-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
                .startsWith("cni-" + id.substring(0, 8));
        assertThat(Files.getFileStore(pin).type()).isEqualTo("nsfs");
        calls.stop().call(StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build());
        assertThat(scratch.resolve("netns")).isEmptyDirectory();
    }

    @Test
    void findsTheNetworkNamespaceWhereEarlierVersionsPinnedIt() throws Exception {
        var id = run(request(config -> {
        }));
        var paths = new SandboxPaths(scratch.resolve("state/sandboxes").resolve(id));
        var beside = paths.directory().resolve("net");
        var pin = paths.net();
        NamespaceThread.<Boolean, IOException>call(() -> {
            try (var net = Namespace.NET.open(pin)) {
                Namespace.NET.setns(net);
            }
            Files.delete(beside);
            Namespace.NET.pin(beside);
            Namespace.unpin(pin);
            return true;
        });
        services.close();
        open();
        assertThat(status(id).getStatus().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
        assertThat(inside(paths, "/proc/sys/net/ipv4/ip_unprivileged_port_start")).isEqualTo("0");
        calls.stop().call(StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build());
        assertThat(beside).doesNotExist();
    }

    @Test
    void mayBeAskedForByTheNameOfAHandler() throws Exception {
        var request = request(config -> {
        }).toBuilder().setRuntimeHandler("runc").build();
        assertThat(status(run(request)).getStatus().getRuntimeHandler()).isEqualTo("runc");
    }

    @Test
    void refusesAParameterThatDoesNotExistAndLeavesNothing() throws Exception {
        assertThatThrownBy(() -> run(request(config -> config.setLinux(linux(NamespaceMode.POD).putSysctls("net.no.such", "1")))))
                .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION))
                .hasMessageContaining("sysctl net.no.such does not exist");
        assertThatThrownBy(
                () -> run(request(config -> config.setLinux(linux(NamespaceMode.POD).putSysctls("net.ipv4.ip_forward", "many")))))
                .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT))
                .hasMessageContaining("sysctl net.ipv4.ip_forward does not take");
        assertNothingLeft();
    }

    @Test
    void findsParametersWhoseNamesHoldSlashes() throws Exception {
        var id = run(request(config -> config.setLinux(linux(NamespaceMode.POD).putSysctls("net/ipv4/ip_local_port_range", "20000 21000")
                .putSysctls("net/ipv4/ip_unprivileged_port_start", "81").putSysctls("kernel/shm_rmid_forced", "1"))));
        var paths = new SandboxPaths(scratch.resolve("state/sandboxes").resolve(id));
        assertThat(inside(paths, "/proc/sys/net/ipv4/ip_local_port_range")).isEqualTo("20000\t21000");
        assertThat(inside(paths, "/proc/sys/net/ipv4/ip_unprivileged_port_start")).isEqualTo("81");
        assertThat(inside(paths, "/proc/sys/kernel/shm_rmid_forced")).isEqualTo("1");
        assertThatThrownBy(() -> run(request(config -> {
            config.getMetadataBuilder().setAttempt(1);
            config.setLinux(linux(NamespaceMode.POD).putSysctls("net.ipv4.conf.eth0/100.rp_filter", "1"));
        }))).hasMessageContaining("sysctl net.ipv4.conf.eth0/100.rp_filter does not exist");
    }

    private void assertNothingLeft() throws IOException {
        assertThat(Mounts.self()).extracting(MountPoint::path).noneMatch(path -> path.startsWith(scratch.toString()));
        var state = scratch.resolve("state/sandboxes");
        if (Files.exists(state)) {
            assertThat(state).isEmptyDirectory();
        }
    }

    private String run(RunPodSandboxRequest request) throws Exception {
        return calls.run().call(request).getPodSandboxId();
    }

    private PodSandboxStatusResponse status(String id) {
        return calls.status().call(PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).setVerbose(true).build());
    }

    private static RemovePodSandboxRequest remove(String id) {
        return RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build();
    }

    private static RunPodSandboxRequest request(Consumer<PodSandboxConfig.Builder> change) {
        var config = PodSandboxConfig.newBuilder()
                .setMetadata(PodSandboxMetadata.newBuilder().setName("web").setNamespace("default").setUid("u"))
                .setLinux(linux(NamespaceMode.POD));
        change.accept(config);
        return RunPodSandboxRequest.newBuilder().setConfig(config).build();
    }

    private static LinuxPodSandboxConfig.Builder linux(NamespaceMode mode) {
        return LinuxPodSandboxConfig.newBuilder().setSecurityContext(LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(
                NamespaceOption.newBuilder().setNetwork(mode).setIpc(mode).setPid(NamespaceMode.CONTAINER)));
    }

    private static String inside(SandboxPaths paths, String file) throws IOException {
        return NamespaceThread.<String, IOException>call(() -> {
            try (var net = Namespace.NET.open(paths.net());
                    var ipc = Namespace.IPC.open(paths.ipc());
                    var uts = Namespace.UTS.open(paths.uts())) {
                Namespace.NET.setns(net);
                Namespace.IPC.setns(ipc);
                Namespace.UTS.setns(uts);
                try (var in = new FileInputStream(file)) { // in one read, as some parameters end after the first
                    return new String(in.readNBytes(4096), StandardCharsets.UTF_8).strip();
                }
            }
        });
    }
}
