package io.windlass.shim.process;

import io.windlass.shim.spec.Capabilities;
import io.windlass.shim.spec.Capability;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.ExecSpec;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.ProcessSpec;
import io.windlass.shim.spec.Rlimit;
import io.windlass.shim.spec.SeccompFilter;
import io.windlass.shim.spec.UserSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

class ContainerIdentityTest {
    private Box box;

    @BeforeEach
    void open() throws IOException {
        box = new Box();
    }

    @AfterEach
    void close() throws IOException {
        box.close();
    }

    private String status(ProcessSpec process) throws Exception {
        return box.run(box.spec(process.withArgs(List.of("grep", "-E", "^(Uid|Gid|Groups|Cap|NoNew|Seccomp|Umask)", "/proc/self/status"))));
    }

    @Test
    void givesRootTheDefaultCapabilities() throws Exception {
        String mask = "%016x".formatted(Capabilities.mask(Capabilities.DEFAULT.bounding()));
        assertThat(status(Box.process("x"))).contains("Uid:\t0\t0\t0\t0", "Groups:\t0", "CapInh:\t0000000000000000", "CapPrm:\t" + mask,
                "CapEff:\t" + mask, "CapBnd:\t" + mask, "CapAmb:\t0000000000000000", "NoNewPrivs:\t1", "Umask:\t0022");
    }

    @Test
    void givesAUserNoneButTheBoundingSet() throws Exception {
        assertThat(status(Box.process("x").withUser(new UserSpec(1000, 1001, List.of(5, 1001), 077)))).contains(
                "Uid:\t1000\t1000\t1000\t1000",
                "Gid:\t1001\t1001\t1001\t1001", "Groups:\t5 1001", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000",
                "CapInh:\t0000000000000000", "Umask:\t0077");
    }

    @Test
    void keepsAmbientCapabilitiesForAUser() throws Exception {
        Set<Capability> net = Set.of(Capability.NET_BIND_SERVICE);
        ProcessSpec base = Box.process("x");
        ProcessSpec process = new ProcessSpec(base.args(), base.env(), "/", new UserSpec(1000, 1000, List.of(), 022),
                new Capabilities(net, net),
                List.of(), true, null, false, null, null);
        assertThat(status(process)).contains("CapEff:\t0000000000000400", "CapAmb:\t0000000000000400", "CapBnd:\t0000000000000400");
    }

    @Test
    void givesPrivilegedContainersWhatTheDaemonHas() throws Exception {
        ProcessSpec base = Box.process("x");
        ProcessSpec process = new ProcessSpec(base.args(), base.env(), "/", UserSpec.ROOT, Capabilities.ALL, List.of(), false, null, false,
                null, null);
        assertThat(status(process)).contains("CapEff:\t%016x".formatted(ProcFile.capabilities())).contains("NoNewPrivs:\t0");
    }

    @Test
    void loadsAFilterAndLimitsAndTheWorkingDirectory() throws Exception {
        byte[] allow = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 6).putShort((short) 0).putInt(0x7fff0000)
                .array();
        ProcessSpec base = Box
                .shell("pwd; ulimit -n; grep Seccomp: /proc/self/status; cat /proc/self/oom_score_adj; id -u; echo x > /dev/stdout");
        ProcessSpec process = new ProcessSpec(base.args(), base.env(), "/made/here", new UserSpec(1000, 0, List.of(), 022),
                Capabilities.NONE,
                List.of(new Rlimit(Rlimit.Type.NOFILE, 100, 200)), true, 500, false, new SeccompFilter(allow), null);
        ContainerSpec spec = box.spec(process);
        assertThat(box.run(spec)).isEqualTo("/made/here\n100\nSeccomp:\t2\n500\n1000\nx\n");
    }

    /** Of keys that are not its own, a user sees in /proc/keys only those that it possesses, see keyrings(7). */
    @Test
    void givesEachContainerAndEachCommandASessionKeyringOfItsOwn() throws Exception {
        assumeThat(Path.of("/proc/keys")).exists();
        MountSpec unmasked = new MountSpec.Filesystem("/unmasked", "proc", Set.of(), "");
        ProcessSpec process = Box.process("cat", "/unmasked/keys").withUser(new UserSpec(54_321, 54_321, List.of(), 022));
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            seen.add(sessionKeyring(box.run(box.spec(process, unmasked))));
        }
        ShimProcess container = box.start("a", box.spec(Box.process("sleep", "100"), unmasked));
        for (int i = 0; i < 2; i++) {
            ExecResult result = box.launcher.execSync(container, new ExecSpec(process, CgroupJoin.NONE), Duration.ofSeconds(10), 10_000,
                    () -> {
                    });
            seen.add(sessionKeyring(new String(result.stdout(), StandardCharsets.UTF_8)));
        }
        assertThat(seen).doesNotHaveDuplicates();
    }

    /** Returns the serial number of the one in a /proc/keys, where its line ends as {@code "keyring   _ses: empty"}. */
    private static String sessionKeyring(String keys) {
        List<String> found = keys.lines().filter(line -> line.contains(" _ses: ")).toList();
        assertThat(found).as(keys).hasSize(1);
        return found.getFirst().substring(0, 8);
    }
}
