package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.CgroupFiles;
import io.windlass.conformance.fixture.CgroupParent;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.LinuxContainerResources;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import io.windlass.cri.v1.UpdateContainerResourcesRequest;
import io.windlass.cri.v1.UpdatePodSandboxResourcesRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class ResourceTest {
    private static final long MIB = 1 << 20;

    @Test
    void limitsStandInTheContainersCgroup(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(limited(r -> r.setCpuPeriod(100_000).setCpuQuota(50_000).setCpuShares(512)
                    .setMemoryLimitInBytes(64 * MIB).setCpusetCpus("0")));
            assertThat(value(pod, container, "memory", "memory.limit_in_bytes", "memory.max")).isEqualTo("" + 64 * MIB);
            assertThat(value(pod, container, "cpu", "cpu.cfs_quota_us", "cpu.max")).startsWith("50000");
            assertThat(value(pod, container, "cpu", "cpu.shares", "cpu.weight")).isIn("512", "20");
            assertThat(value(pod, container, "cpuset", "cpuset.cpus", "cpuset.cpus")).isEqualTo("0");
            assertThat(container.sh("grep Cpus_allowed_list /proc/self/status | cut -f2")).isEqualTo("0\n");
        }
    }

    @Test
    void limitsAreChangedWhileItRunsAndTold(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(limited(r -> r.setCpuPeriod(100_000).setCpuQuota(50_000).setMemoryLimitInBytes(64 * MIB)));
            node.cri().runtime().updateContainerResources(UpdateContainerResourcesRequest.newBuilder().setContainerId(container.id())
                    .setLinux(
                            LinuxContainerResources.newBuilder().setCpuPeriod(100_000).setCpuQuota(80_000).setMemoryLimitInBytes(128 * MIB))
                    .build());
            assertThat(value(pod, container, "memory", "memory.limit_in_bytes", "memory.max")).isEqualTo("" + 128 * MIB);
            assertThat(value(pod, container, "cpu", "cpu.cfs_quota_us", "cpu.max")).startsWith("80000");
            container.sh("true");
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "answers UNKNOWN")
    void aLimitBelowWhatIsInUseIsRefused(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(limited(r -> r.setMemoryLimitInBytes(128 * MIB).setCpuPeriod(100_000).setCpuQuota(50_000)));
            container.sh("dd if=/dev/zero of=/dev/shm/x bs=1M count=32");
            var linux = LinuxContainerResources.newBuilder().setMemoryLimitInBytes(8 * MIB).setCpuQuota(80_000);
            Failure failure = Failure.of(node, Code.FAILED_PRECONDITION, () -> node.cri().runtime().updateContainerResources(
                    UpdateContainerResourcesRequest.newBuilder().setContainerId(container.id()).setLinux(linux).build()));
            assertThat(failure.message()).contains(container.id(), "in use");
            assertThat(value(pod, container, "memory", "memory.limit_in_bytes", "memory.max")).isEqualTo("" + 128 * MIB);
            assertThat(value(pod, container, "cpu", "cpu.cfs_quota_us", "cpu.max")).startsWith("50000");
            LinuxContainerResources told = container.status().getResources().getLinux();
            assertThat(told.getMemoryLimitInBytes()).isEqualTo(128 * MIB);
            assertThat(told.getCpuQuota()).isEqualTo(50_000);
            container.sh("true");
        }
    }

    /** What a creation makes ahead of the start is made anew where it does not fit any more, or somebody has tidied it up. */
    @Test
    void limitsAreChangedBeforeTheStart(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.create(limited(r -> r.setMemoryLimitInBytes(64 * MIB)));
            var linux = LinuxContainerResources.newBuilder().setMemoryLimitInBytes(128 * MIB);
            node.cri().runtime().updateContainerResources(
                    UpdateContainerResourcesRequest.newBuilder().setContainerId(container.id()).setLinux(linux).build());
            container.start();
            assertThat(value(pod, container, "memory", "memory.limit_in_bytes", "memory.max")).isEqualTo("" + 128 * MIB);

            PodContainer tidied = pod.create(limited(r -> r.setMemoryLimitInBytes(64 * MIB)));
            for (Path directory : pod.cgroup().below().reversed()) {
                if (directory.endsWith(tidied.id())) {
                    Files.delete(directory);
                }
            }
            tidied.start();
            assertThat(value(pod, tidied, "memory", "memory.limit_in_bytes", "memory.max")).isEqualTo("" + 64 * MIB);
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 has no such call")
    void limitsOfAPodAreChangedWhereItsCgroupIsOurs(Node node) throws Exception {
        var linux = LinuxContainerResources.newBuilder().setMemoryLimitInBytes(64 * MIB);
        var overhead = LinuxContainerResources.newBuilder().setMemoryLimitInBytes(16 * MIB);
        try (Pod pod = Pod.run(node)) {
            CgroupFiles files = CgroupFiles.of(pod);
            String before = files.text("memory.limit_in_bytes", "memory.max");
            node.cri().runtime().updatePodSandboxResources(
                    UpdatePodSandboxResourcesRequest.newBuilder().setPodSandboxId(pod.id()).setResources(linux).build());
            assertThat(files.text("memory.limit_in_bytes", "memory.max")).isEqualTo(before);
        }
        String parent = node.cgroup().name() + "/ours";
        var config = Pod.config(node);
        config.getLinuxBuilder().setCgroupParent(parent);
        String id = node.cri().runtime().runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).build()).getPodSandboxId();
        try {
            node.cri().runtime().updatePodSandboxResources(UpdatePodSandboxResourcesRequest.newBuilder().setPodSandboxId(id)
                    .setResources(linux).setOverhead(overhead).build());
            assertThat(new CgroupFiles(parent).text("memory.limit_in_bytes", "memory.max")).isEqualTo("" + 80 * MIB);
        } finally {
            node.cri().runtime().stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build());
            node.cri().runtime().removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build());
        }
    }

    @Test
    void aParentThatPodsShareIsNotEmptiedWithTheFirstOfThem(Node node) throws Exception {
        String parent = node.cgroup().name() + "/shared";
        try (Pod first = in(parent, node); Pod second = in(parent, node)) {
            PodContainer container = second.script("sleep 1000");
            first.stop();
            first.remove();
            assertThat(container.sh("echo alive")).isEqualTo("alive\n");
        } finally {
            for (Path hierarchy : CgroupParent.hierarchies()) {
                Files.deleteIfExists(Path.of(hierarchy + parent)); // whose it is that had it made, it could not be removed with that one
            }
        }
    }

    /** Runs a pod in a cgroup that is not made for it. */
    private static Pod in(String parent, Node node) throws Exception {
        var config = Pod.config(node);
        config.getLinuxBuilder().setCgroupParent(parent);
        String id = node.cri().runtime().runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).build()).getPodSandboxId();
        return Pod.existing(node, id, new Pod.Plan(config.build(), new CgroupParent(parent, List.of())));
    }

    @Test
    void limitsAreToldInTheStatus(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(limited(r -> r.setCpuPeriod(100_000).setCpuQuota(50_000).setMemoryLimitInBytes(64 * MIB)));
            LinuxContainerResources told = container.status().getResources().getLinux();
            assertThat(told.getMemoryLimitInBytes()).isEqualTo(64 * MIB);
            assertThat(told.getCpuQuota()).isEqualTo(50_000);
        }
    }

    @Test
    void anExceededMemoryLimitIsTheReason(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            // a shell variable that doubles until the kernel ends it
            PodContainer container = pod.start(limited(r -> r.setMemoryLimitInBytes(32 * MIB).setMemorySwapLimitInBytes(32 * MIB))
                    .andThen(c -> c.clearCommand().addAllCommand(List.of("sh", "-c", "x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done"))));
            ContainerStatus status = container.awaitExit();
            assertThat(status.getReason()).isEqualTo("OOMKilled");
            assertThat(status.getExitCode()).isEqualTo(137);
        }
    }

    @Test
    void theOomScoreIsThatOfTheRequest(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(limited(r -> r.setOomScoreAdj(500)));
            assertThat(container.sh("cat /proc/1/oom_score_adj")).isEqualTo("500\n");
        }
    }

    @Test
    void anOomScoreThatWeMayNotSetIsClamped(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(limited(r -> r.setOomScoreAdj(-998)));
            assertThat(Integer.parseInt(container.sh("cat /proc/1/oom_score_adj").strip())).isBetween(-998, 0);
        }
    }

    @Test
    void itSeesItsOwnCgroupsOnly(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(limited(r -> r.setMemoryLimitInBytes(64 * MIB)));
            assertThat(container.sh("cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max").strip())
                    .isEqualTo("" + 64 * MIB);
            assertThat(container.exec("sh", "-c", "mkdir /sys/fs/cgroup/memory/x").getExitCode()).isNotZero();
        }
    }

    private static Consumer<ContainerConfig.Builder> limited(Consumer<LinuxContainerResources.Builder> change) {
        return c -> {
            c.addCommand("sleep").addCommand("1000");
            change.accept(c.getLinuxBuilder().getResourcesBuilder());
        };
    }

    /** A file of the container's cgroup, of the v1 controller or of v2. */
    private static String value(Pod pod, PodContainer container, String controller, String v1, String v2) throws IOException {
        for (Path directory : pod.cgroup().below()) {
            Path old = directory.resolve(v1);
            Path file = Files.exists(old) ? old : directory.resolve(v2);
            if (directory.toString().contains(container.id()) && Files.exists(file)) {
                return Files.readString(file).strip();
            }
        }
        throw new AssertionError("no " + controller + " cgroup of " + container.id() + " among " + pod.cgroup().below());
    }
}
