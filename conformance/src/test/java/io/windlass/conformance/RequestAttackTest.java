package io.windlass.conformance;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.conformance.fixture.Canary;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TestImage.Layer;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerStatusRequest;
import io.windlass.cri.v1.ImageStatusRequest;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.PodSandboxStatusRequest;
import io.windlass.cri.v1.RemoveContainerRequest;
import io.windlass.cri.v1.RemoveImageRequest;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.StartContainerRequest;
import io.windlass.cri.v1.StopContainerRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a tenant says through a kubelet or an image, used as a command, a path or a line. After CVE-2022-0811, 2024-3154, 2026-53488, 2022-23648,
 * 2025-0750 and 2026-53492.
 */
@UnderAttack
class RequestAttackTest {

    /** What a sandbox of a tenant says; it is refused. */
    enum BadSandbox {
        CORE_PATTERN((c, h) -> c.getLinuxBuilder().putSysctls("kernel.core_pattern", "|" + h.program())), //
        CORE_PATTERN_BEHIND_A_PLUS(
                (c, h) -> c.getLinuxBuilder().putSysctls("kernel.shm_rmid_forced", "1+kernel.core_pattern=|" + h.program())), //
        CORE_PATTERN_BEHIND_A_NEWLINE(
                (c, h) -> c.getLinuxBuilder().putSysctls("kernel.shm_rmid_forced", "1\nkernel.core_pattern=|" + h.program())), //
        CORE_PATTERN_BY_SLASHES((c, h) -> c.getLinuxBuilder().putSysctls("net/../kernel/core_pattern", "|" + h.program())), //
        CORE_PATTERN_BY_A_CARRIER((c, h) -> c.getLinuxBuilder().putSysctls("net.ipv4/../../kernel/core_pattern", "|" + h.program())), //
        MODULE_LOADER((c, h) -> c.getLinuxBuilder().putSysctls("kernel.modprobe", h.program().toString())), //
        SYSCTL_THAT_IS_A_PATH((c, h) -> c.getLinuxBuilder().putSysctls("net." + h.fromBelow() + "/secret", "planted")), //
        CGROUP_ELSEWHERE((c, h) -> c.getLinuxBuilder().setCgroupParent("/../../../.." + h.directory())), //
        LOGS_ELSEWHERE((c, h) -> c.setLogDirectory("/var/log/pods/../../.." + h.directory())), //
        HOSTNAME_OF_TWO_LINES((c, h) -> c.setHostname("pod\n127.0.0.1 registry.example")), //
        RESOLVER_OF_TWO_LINES((c, h) -> c.getDnsConfigBuilder().addServers("10.0.0.1\nnameserver 6.6.6.6")), //
        SEARCH_OF_TWO_LINES((c, h) -> c.getDnsConfigBuilder().addSearches("a\nnameserver 6.6.6.6")), //
        OPTION_OF_TWO_LINES((c, h) -> c.getDnsConfigBuilder().addOptions("ndots:5\nnameserver 6.6.6.6"));

        private final BiConsumer<PodSandboxConfig.Builder, Canary> change;

        BadSandbox(BiConsumer<PodSandboxConfig.Builder, Canary> change) {
            this.change = change;
        }
    }

    @ParameterizedTest
    @EnumSource
    @DiffersOn(value = "containerd", why = "1.6 takes a sysctl with a newline, lines in names and resolvers, and a cgroup and logs elsewhere")
    void sandboxIsRefused(BadSandbox bad, Node node, Canary host) throws Exception {
        try (Pod.Plan plan = Pod.plan(node)) {
            PodSandboxConfig.Builder config = plan.config().toBuilder();
            bad.change.accept(config, host);
            Failure.of(node, Code.INVALID_ARGUMENT,
                    () -> node.cri().runtime().runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).build()));
        }
    }

    /** What a sandbox of a tenant says; it is kept and means nothing. */
    @Test
    void wordsOfATenantAreNoCommands(Node node, Canary host) throws Exception {
        Map<String, String> words = Map.of("org.systemd.property.ExecStopPost", "['" + host.program() + "']",
                "org.systemd.property.TimeoutStopUSec",
                "uint64 0", "run.oci.hooks.stderr", host.secret().toString(), "io.katacontainers.config.hypervisor.path",
                host.program().toString(),
                "io.containerd.runc.v2.options", host.program().toString(), "cdi.nri.io/pod", "vendor.example/device=all",
                "io.podman.annotations.seccomp",
                "unconfined", "seccomp.security.alpha.kubernetes.io/pod", "unconfined", "checkpoint.windlass", "/../" + host.directory(),
                "line\nbreak",
                "a\u001b[2Jb");
        node.registry().push("labelled", "1", TestImages.busybox().with("Labels", words));
        try (Pulled image = Pulled.pull(node, node.registry().reference("labelled:1"));
                Pod pod = Pod.run(node, c -> c.putAllAnnotations(words).putAllLabels(words))) {
            PodContainer container = pod.start(KernelAttackTest.usual().andThen(c -> {
                c.putAllAnnotations(words).putAllLabels(words).getImageBuilder().setImage(image.name()).putAllAnnotations(words);
                c.addAllCommand(
                        List.of("sh", "-c", "grep Seccomp: /proc/self/status | tr -d -c 0-9; ls -d /dev/kvm /dev/mem 2>/dev/null; true"));
            }));
            assertThat(container.output()).isEqualTo("2");
            assertThat(container.status().getAnnotationsMap()).isEqualTo(words);
            assertThat(pod.status().getAnnotationsMap()).isEqualTo(words);
        }
    }

    /** Names that could be paths of records, directories or cgroups. */
    @ParameterizedTest
    @ValueSource(strings = {"../../../../../../..%s/x", "..", ".", "/", "%s/x", "a/b", "*", "-rf", "$(%s/run)", "`%s/run`", ";%s/run;"})
    void namesAreNoPaths(String pattern, Node node, Canary host) throws Exception {
        String name = pattern.formatted(host.directory());
        try (Pod pod = Pod.run(node, c -> c.getMetadataBuilder().setName(name).setNamespace(name).setUid(name))) {
            PodContainer container = pod.start(c -> {
                c.getMetadataBuilder().setName(name);
                c.addCommand("echo").addCommand("ran");
            });
            assertThat(container.output()).isEqualTo("ran\n");
            assertThat(container.status().getMetadata().getName()).isEqualTo(name);
        } catch (StatusRuntimeException refused) {
            if (node.runtime().name().equals("windlass")) {
                assertThat(refused.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
            }
        }
    }

    /** Ids that could be paths of what is removed. */
    @ParameterizedTest
    @ValueSource(strings = {"../../../../../../..%s", "..", ".", "/", "%s", "*", "a/../../..%s", "\0", "\n"})
    void idsAreNoPaths(String pattern, Node node, Canary host) throws Exception {
        String id = pattern.formatted(host.directory());
        var runtime = node.cri().runtime();
        List<Runnable> calls = List.of(() -> runtime.removeContainer(RemoveContainerRequest.newBuilder().setContainerId(id).build()),
                () -> runtime.stopContainer(StopContainerRequest.newBuilder().setContainerId(id).build()),
                () -> runtime.removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build()),
                () -> runtime.stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build()),
                () -> node.cri().images().removeImage(RemoveImageRequest.newBuilder().setImage(ImageTest.spec(id)).build()),
                () -> node.cri().images().imageStatus(ImageStatusRequest.newBuilder().setImage(ImageTest.spec(id)).build()),
                () -> runtime.startContainer(StartContainerRequest.newBuilder().setContainerId(id).build()),
                () -> runtime.containerStatus(ContainerStatusRequest.newBuilder().setContainerId(id).build()),
                () -> runtime.podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).build()));
        for (Runnable call : calls) {
            try {
                call.run();
            } catch (StatusRuntimeException refused) {
                if (node.runtime().name().equals("windlass")) {
                    assertThat(refused.getStatus().getCode()).isIn(Code.NOT_FOUND, Code.INVALID_ARGUMENT);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../bin/sh", "%s/run", "/%s/run", "runc;%s/run", "\n"})
    void handlerIsNoProgram(String pattern, Node node, Canary host) throws Exception {
        PodSandboxConfig config = Pod.config(node).build();
        Failure.of(node, Code.INVALID_ARGUMENT, () -> node.cri().runtime().runPodSandbox(
                RunPodSandboxRequest.newBuilder().setConfig(config).setRuntimeHandler(pattern.formatted(host.directory())).build()));
    }

    /** CVE-2026-53492 and its like: an image that is a file of the host, such as the archive of a checkpoint. */
    @ParameterizedTest
    @ValueSource(strings = {"%s/archive.tar", "oci:%s", "file://%s/archive.tar", "docker-archive:%s/archive.tar",
            "../../../../../..%s/archive.tar"})
    void imageIsNoFileOfTheHost(String pattern, Node node, Canary host) throws Exception {
        Files.write(host.directory().resolve("archive.tar"), new TarLayer().file("spec.dump", "{}").file("config.dump", "{}").bytes());
        try (Pod pod = Pod.run(node)) {
            Failure failure = Failure.of(() -> pod.create(c -> c.getImageBuilder().setImage(pattern.formatted(host.directory()))));
            if (node.runtime().name().equals("windlass")) {
                assertThat(failure.code()).isIn(Code.NOT_FOUND, Code.INVALID_ARGUMENT);
            }
        } finally {
            Files.delete(host.directory().resolve("archive.tar"));
        }
    }

    /** CVE-2022-23648: a volume of an image whose path leads out of it, by dots or by a link. */
    @ParameterizedTest
    @ValueSource(strings = {"/../../../../../../../..%s", "../../../../../../../..%s", "/out", "/out/", "/up", "/out/../out", "//..//..%s",
            "/proc/1/root%s",
            "/proc/self/cwd%s"})
    void volumeOfAnImageHoldsNothingOfTheHost(String pattern, Node node, Canary host) throws Exception {
        String volume = pattern.formatted(host.directory());
        TarLayer links = new TarLayer().symlink("out", host.directory().toString()).symlink("up", host.fromBelow());
        node.registry().push("volume-attack", "1",
                TestImages.busybox().plus(Layer.gzip(links)).with("Volumes", Map.of(volume, Map.of())));
        try (Pulled image = Pulled.pull(node, node.registry().reference("volume-attack:1")); Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(c -> {
                c.getImageBuilder().setImage(image.name());
                c.addAllCommand(List.of("sh", "-c", "cat /out/* /up/* ." + volume + "/* " + host.secret()
                        + " 2>/dev/null; touch /out/planted /up/planted ." + volume + "/planted 2>/dev/null; echo looked"));
            });
            assertThat(container.output()).isEqualTo("looked\n");
        } catch (StatusRuntimeException refused) {
            assertThat(refused.getStatus().getDescription()).isNotBlank();
        }
    }

    /** CVE-2025-0750 and its like: a link where the log should be. */
    @ParameterizedTest
    @ValueSource(strings = {"file", "directory"})
    @DiffersOn(value = "containerd", why = "1.6 writes through either link, into the host's file")
    void logIsNotWrittenThroughALink(String kind, Node node, Canary host) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.create(c -> c.setLogPath("linked/0.log").addCommand("echo").addCommand("planted"));
            Path directory = Path.of(pod.config().getLogDirectory(), "linked");
            Files.deleteIfExists(directory);
            if (kind.equals("file")) {
                Files.createSymbolicLink(Files.createDirectories(directory).resolve("0.log"), host.secret());
            } else {
                Files.createSymbolicLink(directory, host.directory());
            }
            try {
                container.start();
                container.awaitExit();
            } catch (StatusRuntimeException refused) {
                assertThat(refused.getStatus().getDescription()).contains("linked");
            }
        }
    }

    /** A request of a size that nobody needs. */
    @Test
    void requestOfManyMegabytesIsRefused(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            String much = "x".repeat(20 << 20);
            Failure.of(node, Code.RESOURCE_EXHAUSTED, () -> pod.create((ContainerConfig.Builder c) -> c.putAnnotations("much", much)));
            assertThat(pod.script("echo next").output()).isEqualTo("next\n");
        }
    }
}
