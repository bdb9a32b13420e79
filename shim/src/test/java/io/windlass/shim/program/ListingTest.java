package io.windlass.shim.program;

import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.ExecSpec;
import io.windlass.shim.spec.LinuxSpec;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.Namespaces;
import io.windlass.shim.spec.ProcessSpec;
import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.RootSpec;
import io.windlass.shim.spec.StandardMounts;
import io.windlass.shim.spec.UserNamespace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Specification in, listing out. The listings are the text resources beside this class; after a wanted change of a program take the new ones from
 * {@code target/listings}, and read the difference: it is what containers do differently from now on.
 */
class ListingTest {
    private static final Path POD = Path.of("/run/windlass/sandboxes/5a");
    private static final List<String> ENV = List.of("PATH=/usr/bin:/bin", "HOME=/root");
    private static final CgroupJoin CGROUP = new CgroupJoin(List.of(Path.of("/sys/fs/cgroup/memory/pod/c1/tasks")),
            Path.of("/sys/fs/cgroup/unified/pod/c1"));
    private static final long ALL_CAPABILITIES = 0x1ffffffffffL;

    private final ProgramCompiler compiler = new ProgramCompiler(Architecture.X86_64, ALL_CAPABILITIES);

    private static ContainerSpec container(ProcessSpec process, NamespaceSpec pid) {
        Namespaces pod = Namespaces.ofPod(POD.resolve("net"), POD.resolve("ipc"), POD.resolve("uts"));
        Namespaces namespaces = new Namespaces(pod.net(), pod.ipc(), pod.uts(), pid, pod.cgroup());
        List<MountSpec> mounts = new ArrayList<>(StandardMounts.of(false, List.of(new MountSpec.CgroupView("memory",
                Path.of("/sys/fs/cgroup/memory/pod/c1")))));
        mounts.add(MountSpec.Bind.of("/dev/shm", POD.resolve("shm"), false));
        mounts.add(MountSpec.Bind.of("/etc/resolv.conf", POD.resolve("resolv.conf"), true));
        LinuxSpec linux = new LinuxSpec(namespaces, CGROUP, Resources.NONE, List.of("/proc/kcore", "/sys/firmware"), List.of("/proc/sys"),
                List.of(), Map.of());
        RootSpec root = new RootSpec.Overlay(Path.of("/var/lib/windlass/snapshots"), List.of("layers/2", "layers/1"), "c1/fs", "c1/work",
                false);
        return new ContainerSpec(process, root, "", mounts, linux);
    }

    private static ProcessSpec process() {
        return ProcessSpec.of(List.of("nginx", "-g", "daemon off;"), ENV);
    }

    @Test
    void container() throws IOException {
        isAsListed("container", compiler.container(container(process(), NamespaceSpec.NEW), false, false));
    }

    @Test
    void containerWithATerminal() throws IOException {
        isAsListed("terminal", compiler.container(container(process().withTerminal(true), NamespaceSpec.NEW), true, false));
    }

    @Test
    void containerInThePidNamespaceOfItsPod() throws IOException {
        isAsListed("pod-pid", compiler.container(container(process(), NamespaceSpec.join(POD.resolve("pid"))), false, false));
    }

    @Test
    void containerInAUserNamespace() throws IOException {
        ContainerSpec spec = container(process(), NamespaceSpec.NEW);
        LinuxSpec linux = spec.linux();
        LinuxSpec own = new LinuxSpec(linux.namespaces().in(new UserNamespace(POD.resolve("user"), 131072, 131072, 65536)), linux.cgroup(),
                linux.resources(), linux.maskedPaths(), linux.readonlyPaths(), linux.devices(), linux.sysctl());
        isAsListed("user", compiler.container(new ContainerSpec(spec.process(), spec.root(), "", spec.mounts(), own), false, false));
    }

    @Test
    void exec() throws IOException {
        isAsListed("exec", compiler.exec(new ExecSpec(process().withArgs(List.of("/bin/true")), CGROUP), false, true, true));
    }

    @Test
    void podInit() throws IOException {
        isAsListed("pod-init", compiler.podInit(Namespaces.ofPod(POD.resolve("net"), POD.resolve("ipc"), POD.resolve("uts")), CGROUP));
    }

    private static void isAsListed(String name, SyscallProgram program) throws IOException {
        Path written = Files.createDirectories(Path.of("target/listings")).resolve(name + ".txt");
        Files.writeString(written, program.listing());
        try (InputStream listing = ListingTest.class.getResourceAsStream(name + ".txt")) {
            assertThat(listing).as(name + ".txt").isNotNull();
            assertThat(program.listing()).as("the program in " + written)
                    .isEqualTo(new String(listing.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
