package io.windlass.cri.container;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.windlass.cri.config.Config;
import io.windlass.cri.error.CriException;
import io.windlass.cri.fake.FakeImages;
import io.windlass.cri.fake.FakeNetwork;
import io.windlass.cri.fake.FakeSnapshots;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerMetadata;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.ContainerStatusRequest;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.Device;
import io.windlass.cri.v1.ExecSyncRequest;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.LinuxContainerConfig;
import io.windlass.cri.v1.LinuxContainerResources;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.LinuxPodSandboxConfig;
import io.windlass.cri.v1.LinuxSandboxSecurityContext;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.Mount;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.PodSandboxMetadata;
import io.windlass.cri.v1.RemoveContainerRequest;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.StartContainerRequest;
import io.windlass.cri.v1.StopContainerRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import io.windlass.cri.v1.UpdateContainerResourcesRequest;
import io.windlass.cri.v1.UpdatePodSandboxResourcesRequest;
import io.windlass.shim.cgroup.Cgroup;
import io.windlass.shim.cgroup.CgroupDriver;
import io.windlass.shim.process.Ice;
import io.windlass.shim.program.ExitRecord;
import io.windlass.snapshotter.image.Image;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.Platform;
import io.windlass.snapshotter.oci.Reference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Containers with real sandboxes, cgroups and records, and processes that are none. */
class ContainerLifeTest {
    @TempDir
    private Path scratch;

    private final AtomicReference<FakeShims> shims = new AtomicReference<>();
    private FakeSnapshots snapshots;
    private Pods pods;
    private String sandbox;

    @BeforeEach
    void open() throws Exception {
        Files.createDirectories(scratch.resolve("snapshots/layer/etc"));
        Files.createDirectories(scratch.resolve("snapshots/layer/data/sub"));
        Files.writeString(scratch.resolve("snapshots/layer/data/sub/file"), "of the image");
        Files.writeString(scratch.resolve("snapshots/layer/etc/passwd"), "web:x:7:8::/srv:/bin/sh\n");
        snapshots = new FakeSnapshots(scratch.resolve("snapshots"));
        pods = openPods();
        sandbox = pods.sandboxes().run().call(RunPodSandboxRequest.newBuilder().setConfig(PodSandboxConfig.newBuilder()
                .setMetadata(PodSandboxMetadata.newBuilder().setName("web").setUid("u")).setLogDirectory("/tmp/logs")
                .setLinux(LinuxPodSandboxConfig.newBuilder().setSecurityContext(LinuxSandboxSecurityContext.newBuilder()
                        .setNamespaceOptions(NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER)))))
                .build()).getPodSandboxId();
    }

    @AfterEach
    void removeAll() throws Exception {
        shims.get().heeded = Set.of(9);
        pods.sandboxes().remove().call(RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandbox).build());
        assertThat(pods.containerStore().all()).isEmpty();
        assertThat(snapshots.prepared).isEmpty();
        assertThat(scratch.resolve("root/containers")).isEmptyDirectory();
        assertThat(scratch.resolve("state/containers")).isEmptyDirectory();
        pods.close();
    }

    @Test
    void createsWhatTheRequestAndTheImageSay() throws Exception {
        var id = create(config("a"));
        var status = status(id);
        assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_CREATED);
        assertThat(status.getUser().getLinux().getUid()).isEqualTo(7);
        assertThat(status.getLogPath()).isEqualTo("/tmp/logs/a.log");
        assertThat(status.getImageRef()).startsWith("reg.local/web@sha256:");
        assertThat(snapshots.prepared).containsExactly(id);
        assertThat(scratch.resolve("root/containers").resolve(id).resolve("volumes/0/sub/file")).hasContent("of the image");
    }

    @Test
    void givesARetryTheSameContainer() throws Exception {
        var id = create(config("a"));
        assertThat(create(config("a"))).isEqualTo(id);
        assertCode(Code.ALREADY_EXISTS, () -> create(config("a").setTty(true)));
        start(id);
        assertCode(Code.ALREADY_EXISTS, () -> create(config("a")));
    }

    /** It is never equal; that of another image or of other variables is another container's, whatever its hash. */
    @Test
    void givesARetryOfAKubeletTheSameContainerOnlyIfItIs() throws Exception {
        var id = create(kubelets("x", "1", "2"));
        assertThat(create(kubelets("y", "2", "1"))).isEqualTo(id);
        assertCode(Code.ALREADY_EXISTS, () -> create(kubelets("y", "1", "3")));
        assertCode(Code.ALREADY_EXISTS, () -> create(kubelets("y", "1", "2").setImage(ImageSpec.newBuilder().setImage("reg.local/web:2"))));
        assertCode(Code.ALREADY_EXISTS, () -> create(kubelets("y", "1", "2").addDevices(Device.newBuilder().setHostPath("/dev/null"))));
    }

    private ContainerConfig.Builder kubelets(String drawn, String... values) {
        var config = config("a").putAnnotations("io.kubernetes.container.hash", "1234")
                .addMounts(Mount.newBuilder().setContainerPath("/dev/termination-log").setHostPath(scratch.resolve(drawn).toString()));
        for (var value : values) {
            config.addEnvsBuilder().setKey("KEY_" + value).setValue(ByteString.copyFromUtf8(value));
        }
        return config;
    }

    @Test
    void refusesWhatCannotWorkAndLeavesNothing() {
        assertCode(Code.NOT_FOUND, () -> create(config("a").setImage(ImageSpec.newBuilder().setImage("nope"))));
        assertCode(Code.INVALID_ARGUMENT, () -> create(config("a").setLogPath("../x.log")));
        assertCode(Code.INVALID_ARGUMENT, () -> create(config("a").setLinux(LinuxContainerConfig.newBuilder()
                .setSecurityContext(LinuxContainerSecurityContext.newBuilder().setPrivileged(true)))));
        assertCode(Code.FAILED_PRECONDITION, () -> create(config("a").setLinux(LinuxContainerConfig.newBuilder()
                .setSecurityContext(LinuxContainerSecurityContext.newBuilder().setRunAsUsername("nobody")))));
        var little = config("a");
        little.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(100);
        assertCode(Code.INVALID_ARGUMENT, () -> create(little));
        assertThat(snapshots.prepared).isEmpty();
        assertThat(pods.containerStore().all()).isEmpty();
    }

    @Test
    void startsOnce() throws Exception {
        var id = create(config("a"));
        start(id);
        assertThat(status(id).getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
        assertThat(status(id).getStartedAt()).isPositive();
        assertCode(Code.FAILED_PRECONDITION, () -> start(id));
        assertCode(Code.NOT_FOUND, () -> start("0123"));
    }

    @Test
    void endsWithCode128WhenItCannotBeStarted() throws Exception {
        var id = create(config("a"));
        shims.get().failStart = true;
        assertThatThrownBy(() -> start(id)).hasMessageContaining("/bin/nope");
        assertThat(status(id).getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
        assertThat(status(id).getExitCode()).isEqualTo(128);
        assertThat(status(id).getReason()).isEqualTo("StartError");
        assertThat(status(id).getMessage()).contains("/bin/nope");
    }

    /** It may run, so it must not be started again. */
    @Test
    void hasEndedWhenMemoryRunsOutOverItsStart() throws Exception {
        var id = create(config("a"));
        shims.get().startError = new OutOfMemoryError("of a test");
        assertThatThrownBy(() -> start(id)).isInstanceOf(OutOfMemoryError.class);
        assertThat(status(id).getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
        assertThat(status(id).getExitCode()).isEqualTo(128);
        assertThat(shims.get().signals).containsExactly(9);
    }

    @Test
    @Timeout(60)
    void isNotStartedAgainThoughItsFailureCouldNotBeRecorded() throws Exception {
        var id = create(config("a"));
        var records = scratch.resolve("root/containers");
        Files.createDirectory(records.resolve(id + ".json.tmp")); // one record cannot be written for it; whose that is takes it away
        shims.get().failStart = true;
        assertThatThrownBy(() -> start(id)).hasMessageContaining("/bin/nope");
        assertThat(status(id).getReason()).isEqualTo("StartError");
        while (!Files.readString(records.resolve(id + ".json")).contains("StartError")) {
            Thread.sleep(10);
        }
        pods.close();
        pods = openPods();
        assertThat(status(id).getReason()).isEqualTo("StartError");
        assertCode(Code.FAILED_PRECONDITION, () -> start(id));
    }

    @Test
    void stopsByItsSignalAndByForce() throws Exception {
        var gentle = create(config("a"));
        start(gentle);
        shims.get().heeded = Set.of(9, 3);
        stop(gentle, 10);
        assertThat(shims.get().signals).containsExactly(3);
        assertThat(status(gentle).getExitCode()).isEqualTo(131);
        assertThat(status(gentle).getFinishedAt()).isEqualTo(FakeShims.END);
        stop(gentle, 10);

        var stubborn = create(config("b"));
        start(stubborn);
        shims.get().heeded = Set.of(9);
        stop(stubborn, 0);
        assertThat(shims.get().signals).containsExactly(3, 9);
        stop("0123", 0);
    }

    @Test
    void notesAnEndByItself() throws Exception {
        var id = create(config("a"));
        start(id);
        var container = pods.containerStore().require(id);
        shims.get().end(container.id(), 0);
        container.end().get();
        assertThat(status(id).getReason()).isEqualTo("Completed");
        assertCode(Code.FAILED_PRECONDITION, () -> exec(id));
    }

    @Test
    void runsCommandsAsTheContainersUser() throws Exception {
        var id = create(config("a"));
        assertCode(Code.FAILED_PRECONDITION, () -> exec(id));
        start(id);
        exec(id);
        shims.get().failExec = true;
        assertCode(Code.DEADLINE_EXCEEDED, () -> exec(id));
        assertCode(Code.INVALID_ARGUMENT,
                () -> pods.containers().execSync().call(ExecSyncRequest.newBuilder().setContainerId(id).build()));
    }

    @Test
    void changesLimitsOfARunningContainer() throws Exception {
        var id = create(config("a"));
        start(id);
        pods.containers().update().call(UpdateContainerResourcesRequest.newBuilder().setContainerId(id)
                .setLinux(LinuxContainerResources.newBuilder().setCpuShares(77)).build());
        assertThat(status(id).getResources().getLinux().getCpuShares()).isEqualTo(77);
        assertThat(status(id).getResources().getLinux().getMemoryLimitInBytes()).isEqualTo(64 << 20);
    }

    /** Also where nothing was said before: a quota that is set before a list of processors is refused must not stay. */
    @Test
    void leavesLimitsAsTheyWereWhereOneIsRefused() throws Exception {
        var id = create(config("a"));
        start(id);
        var pod = CgroupDriver.detect().cgroup(pods.sandboxStore().require(sandbox).record().cgroup().path());
        var before = List.of(quota(cgroup(id)), quota(pod));
        var limits = LinuxContainerResources.newBuilder().setCpuQuota(20_000).setCpusetCpus("999999").build();
        assertCode(Code.FAILED_PRECONDITION, () -> pods.containers().update()
                .call(UpdateContainerResourcesRequest.newBuilder().setContainerId(id).setLinux(limits).build()));
        assertCode(Code.FAILED_PRECONDITION, () -> pods.containers().updatePod()
                .call(UpdatePodSandboxResourcesRequest.newBuilder().setPodSandboxId(sandbox).setResources(limits).build()));
        assertThat(List.of(quota(cgroup(id)), quota(pod))).isEqualTo(before);
        assertThat(status(id).getResources().getLinux().getCpuQuota()).isZero();
    }

    @Test
    void leavesLimitsAsTheyWereWhereTheyCannotBeRecorded() throws Exception {
        var id = create(config("a"));
        start(id);
        var before = quota(cgroup(id));
        Files.createDirectory(scratch.resolve("root/containers").resolve(id + ".json.tmp")); // one record cannot be written for it
        var limits = LinuxContainerResources.newBuilder().setCpuQuota(20_000).build();
        assertThatThrownBy(() -> pods.containers().update()
                .call(UpdateContainerResourcesRequest.newBuilder().setContainerId(id).setLinux(limits).build()))
                .isInstanceOf(IOException.class);
        assertThat(quota(cgroup(id))).isEqualTo(before);
        assertThat(status(id).getResources().getLinux().getCpuQuota()).isZero();
    }

    /** Returns what the processors are limited to, by the v1 controller or by v2. */
    private static String quota(Cgroup cgroup) throws IOException {
        for (var file : cgroup.joinFiles()) {
            for (var name : List.of("cpu.cfs_quota_us", "cpu.max")) {
                if (Files.exists(file.resolveSibling(name))) {
                    return Files.readString(file.resolveSibling(name));
                }
            }
        }
        throw new AssertionError("no quota in " + cgroup.path());
    }

    @Test
    void removesARunningContainerByForce() throws Exception {
        var id = create(config("a"));
        start(id);
        for (int i = 0; i < 2; i++) {
            pods.containers().remove().call(RemoveContainerRequest.newBuilder().setContainerId(id).build());
        }
        assertCode(Code.NOT_FOUND, () -> status(id));
    }

    @Test
    void takesNothingInAStoppedSandbox() throws Exception {
        var id = create(config("a"));
        start(id);
        var created = create(config("b"));
        pods.sandboxes().stop().call(StopPodSandboxRequest.newBuilder().setPodSandboxId(sandbox).build());
        assertThat(status(id).getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
        assertCode(Code.FAILED_PRECONDITION, () -> create(config("c")));
        assertCode(Code.FAILED_PRECONDITION, () -> start(created));
    }

    @Test
    void isThereAfterARestart() throws Exception {
        var running = create(config("a"));
        start(running);
        var created = create(config("b"));
        pods.close();
        pods = openPods();
        assertThat(status(running).getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
        start(created);
        assertThat(pods.containers().list().call(ListContainersRequest.getDefaultInstance()).getContainersList()).hasSize(2);
        assertThat(create(config("c"))).isNotEqualTo(created);
    }

    @Test
    void isStartedByALaterDaemonOnlyIfItNeverRan() throws Exception {
        var begun = create(config("a"));
        exitRecord(begun, ExitRecord.HEAD);
        var ran = create(config("b"));
        exitRecord(ran, ExitRecord.HEAD, ExitRecord.STARTED);
        pods.close();
        pods = openPods();
        start(begun);
        assertThat(status(ran).getState()).as("its shim is gone").isEqualTo(ContainerState.CONTAINER_EXITED);
        assertThat(status(ran).getExitCode()).isEqualTo(255);
        assertThat(status(ran).getStartedAt()).isPositive().isLessThanOrEqualTo(status(ran).getFinishedAt());
        assertCode(Code.FAILED_PRECONDITION, () -> start(ran));
    }

    /** A command needs none of them, and they may be other files by then. */
    @Test
    void runsCommandsAfterARestartWithoutALookAtDevices() throws Exception {
        var device = Files.createSymbolicLink(scratch.resolve("device"), Path.of("/dev/null"));
        var id = create(config("a").addDevices(Device.newBuilder().setHostPath(device.toString())));
        start(id);
        pods.close();
        pods = openPods();
        Files.delete(device);
        Files.writeString(device, "no device");
        exec(id);
    }

    /** A command belongs with the process that it joins: that may run without the profile which the node gives by now. */
    @Test
    void describesARunningContainerWithTheLabelThatItHas() throws Exception {
        var id = create(config("a"));
        start(id);
        var record = pods.containerStore().require(id).record();
        var init = String.valueOf(((ContainerLife.Running) record.life()).shim().initPid());
        file("sys/module/apparmor/parameters/enabled", "Y\n");
        file("sys/kernel/security/apparmor/profiles", "windlass-default (enforce)\n");
        file("proc/self/attr/current", "unconfined\n");
        file("proc/" + init + "/attr/current", "unconfined\n");
        var modules = new SecurityModules(scratch.resolve("sys"), scratch.resolve("proc"), new AppArmorParser(), System::nanoTime);
        var specs = new ContainerSpecs(snapshots, pods.containerStore(), pods.podParts(), modules, NodeLimits.read(0));
        var paths = ContainerPaths.of(scratch.resolve("root"), scratch.resolve("state"), record.id());
        var spec = specs.describe(record, pods.sandboxStore().require(sandbox).record(), paths, cgroup(id));
        assertThat(spec.process().label()).isNull();
    }

    private void file(String name, String text) throws IOException {
        var file = scratch.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Cgroup cgroup(String id) throws IOException {
        var record = pods.containerStore().require(id).record();
        return new ContainerCgroups(CgroupDriver.detect()).of(record.id(), pods.sandboxStore().require(sandbox).record());
    }

    /** A command that is stuck in the kernel is not gone after a kill: its container is taken up all the same, once, and new commands live on. */
    @Test
    @Timeout(60)
    void isTakenUpOnceThoughAnEarlierCommandDoesNotEnd() throws Exception {
        var id = create(config("a"));
        start(id);
        var container = pods.containerStore().require(id);
        var cgroup = cgroup(id);
        var stuck = new ProcessBuilder("sleep", "1000").start();
        var other = new ProcessBuilder("sleep", "1000").start();
        var later = new ProcessBuilder("sleep", "1000").start();
        try (var ice = new Ice()) {
            cgroup.sub(Execs.GROUP);
            cgroup.sub(Execs.GROUP);
            var commands = cgroup.subs(Execs.GROUP);
            join(stuck, commands.getFirst().joinFiles()); // whose turn is before that of the other
            join(stuck, List.of(ice.tasks()));
            join(other, commands.getLast().joinFiles());
            ice.freeze();
            pods.close();
            pods = openPods();
            assertThat(cgroup.subs(Execs.GROUP)).hasSize(1);
            join(later, cgroup.sub(Execs.GROUP).joinFiles());
            ice.thaw();
            while (stuck.isAlive() || cgroup.subs(Execs.GROUP).size() > 1) {
                Thread.sleep(10);
            }
            assertThat(shims.get().adopted).containsExactly(container.id());
            assertThat(later.isAlive()).isTrue();
        } finally {
            for (var process : List.of(stuck, other, later)) {
                process.destroyForcibly().waitFor();
            }
        }
    }

    /** It is not waited for either, and ends once it can. */
    @Test
    @Timeout(60)
    void endsACommandInTheEndThatCannotBeEndedNow() throws Exception {
        var id = create(config("a"));
        start(id);
        var cgroup = cgroup(id);
        var stuck = new ProcessBuilder("sleep", "1000").start();
        try (var ice = new Ice()) {
            var command = pods.execs().prepare(id, List.of("sleep"), false);
            join(stuck, cgroup.subs(Execs.GROUP).getFirst().joinFiles());
            join(stuck, List.of(ice.tasks()));
            ice.freeze();
            command.close();
            assertThat(cgroup.subs(Execs.GROUP)).hasSize(1);
            ice.thaw();
            while (!cgroup.subs(Execs.GROUP).isEmpty()) {
                Thread.sleep(10);
            }
        } finally {
            stuck.destroyForcibly().waitFor();
        }
    }

    /** The daemon does not wait for what is stuck in the kernel: it ends once it can. */
    @Test
    @Timeout(60)
    void endsInTheEndWhatRunsOfAContainerWhoseRecordIsDamaged() throws Exception {
        var id = create(config("a"));
        var cgroup = cgroup(id);
        cgroup.create();
        var record = scratch.resolve("root/containers").resolve(id + ".json");
        var good = Files.readAllBytes(record);
        var stuck = new ProcessBuilder("sleep", "1000").start();
        try (var ice = new Ice()) {
            join(stuck, cgroup.joinFiles());
            join(stuck, List.of(ice.tasks()));
            ice.freeze();
            pods.close();
            Files.writeString(record, "damaged");
            pods = openPods();
            assertThat(cgroup.exists()).isTrue();
            ice.thaw();
            while (cgroup.exists()) {
                Thread.sleep(10);
            }
        } finally {
            stuck.destroyForcibly().waitFor();
        }
        pods.close();
        Files.delete(record.resolveSibling(id + ".json.corrupt"));
        Files.write(record, good);
        pods = openPods();
        assertThat(status(id).getState()).isEqualTo(ContainerState.CONTAINER_CREATED);
    }

    private static void join(Process process, List<Path> files) throws IOException {
        for (var file : files) {
            Files.writeString(file, String.valueOf(process.pid()));
        }
    }

    private void exitRecord(String container, long... words) throws IOException {
        var bytes = ByteBuffer.allocate(words.length * ExitRecord.WORD).order(ByteOrder.LITTLE_ENDIAN);
        for (long word : words) {
            bytes.putLong(word);
        }
        Files.write(scratch.resolve("state/containers").resolve(container).resolve("exit"), bytes.array());
    }

    private Pods openPods() throws IOException {
        var defaults = Config.defaults();
        var cni = new Config.Cni(scratch.resolve("net.d"), "", 1, List.of(), "", "", scratch.resolve("netns"));
        var config = new Config(scratch.resolve("root"), scratch.resolve("state"), scratch.resolve("s"), "", Set.of(), 1, 1 << 20,
                cni, defaults.registry(), defaults.cgroup(), defaults.stream(), defaults.log(), defaults.container());
        var images = new FakeImages();
        var digest = Digest.sha256(new byte[]{1});
        images.images
                .add(new Image(digest, List.of(Reference.parse("reg.local/web:1")), List.of(Reference.parse("reg.local/web@" + digest)), 1,
                        new ImageConfig(Platform.host(), "web", List.of(), List.of(), List.of("/bin/app"), "", "SIGQUIT",
                                List.of("/data"), List.of()),
                        new ChainId(digest), false));
        return Pods.open(new PodServices(config, images, snapshots, new FakeNetwork(), CgroupDriver.detect(), InstantSource.system()),
                (launcher, logs, ends) -> {
                    shims.set(new FakeShims(ends));
                    return shims.get();
                });
    }

    private static ContainerConfig.Builder config(String name) {
        return ContainerConfig.newBuilder().setMetadata(ContainerMetadata.newBuilder().setName(name))
                .setImage(ImageSpec.newBuilder().setImage("reg.local/web:1")).setLogPath(name + ".log")
                .setLinux(LinuxContainerConfig.newBuilder()
                        .setResources(LinuxContainerResources.newBuilder().setMemoryLimitInBytes(64 << 20).setCpuShares(512))
                        .setSecurityContext(LinuxContainerSecurityContext.newBuilder()
                                .setNamespaceOptions(NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER))));
    }

    private String create(ContainerConfig.Builder config) throws Exception {
        return pods.containers().create().call(CreateContainerRequest.newBuilder().setPodSandboxId(sandbox).setConfig(config).build())
                .getContainerId();
    }

    private void start(String id) throws Exception {
        pods.containers().start().call(StartContainerRequest.newBuilder().setContainerId(id).build());
    }

    private void stop(String id, long timeout) throws Exception {
        pods.containers().stop().call(StopContainerRequest.newBuilder().setContainerId(id).setTimeout(timeout).build());
    }

    private void exec(String id) throws Exception {
        var response = pods.containers().execSync()
                .call(ExecSyncRequest.newBuilder().setContainerId(id).addCmd("echo").addCmd("a").setTimeout(1).build());
        assertThat(response.getExitCode()).isEqualTo(3);
        assertThat(response.getStdout().toStringUtf8()).isEqualTo("echo a");
    }

    private ContainerStatus status(String id) {
        return pods.containers().status().call(ContainerStatusRequest.newBuilder().setContainerId(id).setVerbose(true).build()).getStatus();
    }

    private static void assertCode(Code code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
