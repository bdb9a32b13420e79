package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.config.Config;
import io.windlass.cri.config.ConfigFiles;
import io.windlass.cri.log.JournalHandler;
import io.windlass.cri.server.Daemon;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerMetadata;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.LinuxContainerConfig;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.LinuxPodSandboxConfig;
import io.windlass.cri.v1.LinuxSandboxSecurityContext;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.PodSandboxMetadata;
import io.windlass.cri.v1.PodSandboxStatusRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.StartContainerRequest;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** {@code windlass demo}: a daemon on scratch directories and one pod at work, which are gone at the end. */
final class Demo implements Verb {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** As a kubelet has it; to say nothing would mean the pod's. */
    private static final NamespaceOption NAMESPACES = NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER).build();

    @Override
    public Usage usage() {
        return Usage.of("demo", "Show a pod at work: a daemon of its own on scratch directories, an image of this machine's busybox.");
    }

    @Override
    public int run(Arguments arguments, Output out) throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory("windlass-demo.");
        try {
            Config config = ConfigFiles.load(configuration(scratch));
            JournalHandler.install(Config.Log.Level.WARN);
            BusyboxImage.importInto(Files.createDirectories(config.root()));
            try (Daemon daemon = Daemon.start(config)) {
                String endpoint = "unix://" + config.socket();
                out.line("a daemon serves " + endpoint + "\n");
                try (Connection runtime = Connection.to(endpoint, PATIENCE.toSeconds())) {
                    show(runtime, endpoint, Files.createDirectories(scratch.resolve("logs")), out);
                }
            }
            return 0;
        } finally {
            delete(scratch);
        }
    }

    private static Path configuration(Path scratch) throws IOException {
        return Files.writeString(scratch.resolve("config.toml"), """
                root = "%1$s/root"
                state = "%1$s/state"
                socket = "%1$s/state/windlass.sock"
                [cni]
                conf_dir = "%1$s/cni"
                bridge = "windlass-demo"
                default_subnet = "10.231.231.0/24"
                netns_dir = "%1$s/netns"
                [cgroup]
                parent = "/windlass-demo"
                """.formatted(scratch));
    }

    private static void show(Connection runtime, String endpoint, Path logs, Output out) throws IOException, InterruptedException {
        long start = System.nanoTime();
        PodSandboxConfig pod = pod(logs);
        String sandbox = runtime.runtime().runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(pod).build()).getPodSandboxId();
        try {
            String container = runtime.runtime().createContainer(CreateContainerRequest.newBuilder().setPodSandboxId(sandbox)
                    .setConfig(container()).setSandboxConfig(pod).build()).getContainerId();
            runtime.runtime().startContainer(StartContainerRequest.newBuilder().setContainerId(container).build());
            out.line("pod up in " + (System.nanoTime() - start) / 1_000_000 + " ms, the first time, cold");
            String ip = runtime.runtime().podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(sandbox).build())
                    .getStatus()
                    .getNetwork().getIp();
            out.line("\n$ curl http://" + ip + "/\n" + fetch(ip));
            verb(out, endpoint, "pods");
            verb(out, endpoint, "ps");
            verb(out, endpoint, "exec", container, "ps");
            verb(out, endpoint, "stats");
            verb(out, endpoint, "logs", container);
        } finally {
            RunPods.remove(runtime, sandbox, true);
            out.line("\npod, daemon and scratch directories are gone");
        }
    }

    private static PodSandboxConfig pod(Path logs) {
        return PodSandboxConfig.newBuilder()
                .setMetadata(PodSandboxMetadata.newBuilder().setName("hello").setNamespace("demo").setUid("demo"))
                .setHostname("hello").setLogDirectory(logs.toString())
                .setLinux(LinuxPodSandboxConfig.newBuilder()
                        .setSecurityContext(LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(NAMESPACES)))
                .build();
    }

    private static ContainerConfig container() {
        return ContainerConfig.newBuilder().setMetadata(ContainerMetadata.newBuilder().setName("web")).setLogPath("web.log")
                .setImage(ImageSpec.newBuilder().setImage(BusyboxImage.NAME))
                .setLinux(LinuxContainerConfig.newBuilder()
                        .setSecurityContext(LinuxContainerSecurityContext.newBuilder().setNamespaceOptions(NAMESPACES)))
                .build();
    }

    /** The pod's page; its server may need a moment until it listens. */
    private static String fetch(String ip) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + ip + "/")).timeout(PATIENCE).build();
            while (true) {
                try {
                    return http.send(request, BodyHandlers.ofString()).body();
                } catch (ConnectException e) {
                    if (System.nanoTime() > deadline) {
                        throw e;
                    }
                    Thread.onSpinWait();
                }
            }
        }
    }

    private static void verb(Output out, String endpoint, String name, String... operands) {
        out.line("$ windlass " + name + " " + String.join(" ", operands));
        Main.run(Stream.concat(Stream.of(name, "--endpoint", endpoint), Stream.of(operands)).toList(), out);
        out.line("");
        out.flush();
    }

    private static void delete(Path directory) throws IOException {
        List<Path> tree;
        try (Stream<Path> walk = Files.walk(directory)) {
            tree = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : tree) {
            Files.deleteIfExists(path);
        }
    }
}
