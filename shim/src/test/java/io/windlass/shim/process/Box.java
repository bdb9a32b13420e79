package io.windlass.shim.process;

import io.windlass.shim.linux.Fd;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.LinuxSpec;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.Namespaces;
import io.windlass.shim.spec.ProcessSpec;
import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.RootSpec;
import io.windlass.shim.spec.StandardMounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A scratch directory with a busybox root, a launcher, and containers that end with it. */
final class Box implements AutoCloseable {
    static final List<String> ENV = List.of("PATH=/usr/bin:/bin", "HOME=/root");

    final Path directory;
    final Path lower;
    final Launcher launcher;
    /** Called in each start once its command runs. */
    Runnable running = () -> {
    };
    final ExitWatcher watcher;
    final BlockingQueue<ExitStatus> exits = new LinkedBlockingQueue<>();
    private final List<ShimProcess> started = new ArrayList<>();
    private int next;

    Box() throws IOException {
        directory = Files.createTempDirectory("wl-box.");
        lower = Files.createDirectories(directory.resolve("image"));
        for (String name : List.of("bin", "etc", "root", "tmp", "proc", "sys", "dev")) {
            Files.createDirectory(lower.resolve(name));
        }
        Files.copy(Path.of("/bin/busybox"), lower.resolve("bin/busybox"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        for (String name : List.of("sh", "true", "false", "cat", "ls", "sleep", "echo", "id", "kill", "mount", "touch", "readlink", "stat",
                "head", "yes", "pwd", "hostname", "grep", "ps", "tty", "stty", "mkdir", "wc", "seq", "dd", "umask", "env", "ulimit")) {
            Files.createSymbolicLink(lower.resolve("bin/" + name), Path.of("busybox"));
        }
        Files.writeString(lower.resolve("etc/passwd"), "root:x:0:0::/root:/bin/sh\n");
        launcher = new Launcher(() -> running.run());
        watcher = new ExitWatcher(exits::add);
    }

    static ProcessSpec process(String... args) {
        return ProcessSpec.of(List.of(args), ENV);
    }

    static ProcessSpec shell(String script) {
        return process("sh", "-c", script);
    }

    /** A root of its own on the image. */
    RootSpec.Overlay root(boolean readonly) throws IOException {
        int n = ++next;
        Files.createDirectories(directory.resolve(n + "/fs"));
        Files.createDirectories(directory.resolve(n + "/work"));
        return new RootSpec.Overlay(directory, List.of("image"), n + "/fs", n + "/work", readonly);
    }

    /** A new container's upper directory, where its files can be seen. */
    Path upper() {
        return directory.resolve(next + "/fs");
    }

    ContainerSpec spec(ProcessSpec process, MountSpec... mounts) throws IOException {
        return spec(process, Namespaces.allNew(), root(false), mounts);
    }

    ContainerSpec spec(ProcessSpec process, Namespaces namespaces, RootSpec root, MountSpec... mounts) {
        List<MountSpec> all = new ArrayList<>(StandardMounts.of(false, List.of()));
        all.addAll(List.of(mounts));
        LinuxSpec linux = new LinuxSpec(namespaces, CgroupJoin.NONE, Resources.NONE, LinuxSpec.DEFAULT_MASKED, LinuxSpec.DEFAULT_READONLY,
                List.of(), Map.of());
        return new ContainerSpec(process, root, "", all, linux);
    }

    Path record(String id) {
        return directory.resolve(id + ".exit");
    }

    ShimProcess start(String id, ContainerSpec spec) throws IOException {
        return start(id, spec, false);
    }

    ShimProcess start(String id, ContainerSpec spec, boolean stdin) throws IOException {
        ShimProcess container = launcher.start(id, launcher.prepare(spec, stdin), record(id));
        started.add(container);
        watcher.watch(container);
        return container;
    }

    ExitStatus exit() throws InterruptedException {
        ExitStatus status = exits.poll(20, TimeUnit.SECONDS);
        if (status == null) {
            throw new AssertionError("no exit within 20 s");
        }
        return status;
    }

    /** Runs a script in a container of its own and gives what it wrote. */
    String run(ContainerSpec spec) throws IOException, InterruptedException {
        ShimProcess container = start("run-" + next, spec);
        String out = output(container);
        exit();
        return out;
    }

    static String output(ShimProcess container) throws IOException {
        Stdio.Pipes pipes = (Stdio.Pipes) container.stdio();
        return text(pipes.stdout()) + text(pipes.stderr());
    }

    static String text(Fd fd) throws IOException {
        return new String(fd.readAll(1 << 24), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        for (ShimProcess container : started) {
            container.signal(9);
            container.shim().awaitExit(5000);
        }
        watcher.close();
        started.forEach(ShimProcess::close);
        launcher.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
