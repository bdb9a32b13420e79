package io.windlass.shim.process;

import io.windlass.shim.seccomp.DefaultProfile;
import io.windlass.shim.seccomp.FilterCompiler;
import io.windlass.shim.spec.Capabilities;
import io.windlass.shim.spec.ProcessSpec;
import io.windlass.shim.spec.Seccomp;
import io.windlass.shim.spec.Seccomp.Abi;
import io.windlass.shim.spec.Seccomp.Action;
import io.windlass.shim.spec.Seccomp.Flag;
import io.windlass.shim.spec.Seccomp.Rule;
import io.windlass.shim.spec.Seccomp.Verdict;
import io.windlass.shim.spec.SeccompFilter;
import io.windlass.shim.spec.UserSpec;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Filters in the kernel. */
class ContainerSeccompTest {
    private Box box;

    @BeforeEach
    void open() throws IOException {
        assumeThat(System.getProperty("os.arch")).isEqualTo("amd64");
        box = new Box();
    }

    @AfterEach
    void close() throws IOException {
        if (box != null) {
            box.close();
        }
    }

    private static ProcessSpec process(SeccompFilter filter, boolean noNewPrivileges, UserSpec user, Capabilities capabilities,
            String script) {
        ProcessSpec base = Box.shell(script);
        return new ProcessSpec(base.args(), base.env(), "/", user, capabilities, List.of(), noNewPrivileges, null, false, filter, null);
    }

    private static SeccompFilter filter(Action otherwise, Set<Flag> flags, Rule... rules) {
        return FilterCompiler.compile(new Seccomp(otherwise, EnumSet.allOf(Abi.class), flags, List.of(rules)), Abi.X86_64);
    }

    private static Rule rule(Action action, String... names) {
        return new Rule(List.of(names), action, List.of());
    }

    @ParameterizedTest
    @CsvSource({"true,0", "true,1000", "false,0", "false,1000"})
    void holdsWithAndWithoutNoNewPrivilegesForEveryUser(boolean noNewPrivileges, int uid) throws Exception {
        SeccompFilter filter = filter(Action.ALLOW, EnumSet.allOf(Flag.class), rule(Action.errno(28), "mkdir"));
        String script = "mkdir /tmp/x; grep -E '^(Seccomp|NoNew|CapEff)' /proc/self/status";
        assertThat(
                box.run(box.spec(process(filter, noNewPrivileges, new UserSpec(uid, uid, List.of(), 022), Capabilities.DEFAULT, script))))
                .contains("Seccomp:\t2\n", "NoNewPrivs:\t" + (noNewPrivileges ? 1 : 0), "No space left on device",
                        "CapEff:\t" + (uid == 0 ? "00000000a80425fb" : "0000000000000000"));
    }

    @Test
    void isTheDefaultOneOfAnOrdinaryContainer() throws Exception {
        SeccompFilter filter = DefaultProfile.filter(Capabilities.DEFAULT.bounding(), Abi.X86_64);
        assertThat(box.run(box.spec(process(filter, false, UserSpec.ROOT, Capabilities.DEFAULT,
                "mount -t tmpfs x /tmp; (echo forked) | cat; echo $(id -u); hostname other; grep Seccomp: /proc/self/status"))))
                .contains("Operation not permitted", "forked\n", "0\n", "Seccomp:\t2\n");
    }

    @Test
    void needsLittleOfAFilterWithoutNoNewPrivileges() throws Exception {
        SeccompFilter filter = filter(Action.errno(1), Set.of(), rule(Action.ALLOW, "execve", "capset", "prctl", "exit_group", "write"));
        ProcessSpec process = process(filter, false, UserSpec.ROOT, Capabilities.NONE, "x").withArgs(List.of("/bin/busybox", "true"));
        box.start("little", box.spec(process));
        assertThat(box.exit().code()).isEqualTo(127); // of busybox, which can do nothing under it
    }

    @Test
    void killsByItsActions() throws Exception {
        for (Verdict verdict : List.of(Verdict.KILL_PROCESS, Verdict.KILL_THREAD, Verdict.TRAP)) {
            SeccompFilter filter = filter(Action.ALLOW, Set.of(), rule(new Action(verdict, 0), "mkdir"));
            box.start("kill-" + verdict, box.spec(process(filter, true, UserSpec.ROOT, Capabilities.NONE, "x")
                    .withArgs(List.of("mkdir", "/tmp/x"))));
            assertThat(box.exit().code()).as(verdict.name()).isEqualTo(128 + 31);
        }
    }

    @Test
    void saysWhatItRefuses() throws Exception {
        SeccompFilter filter = filter(Action.ALLOW, Set.of(), rule(Action.errno(1), "execve"));
        assertThatThrownBy(() -> box.start("refused", box.spec(process(filter, true, UserSpec.ROOT, Capabilities.NONE, "x"))))
                .isInstanceOf(LaunchException.class).hasMessageContaining("EPERM").hasMessageContaining("exec \"sh\"");
    }

    @Test
    void killsWhatIsNotYetTheCommandToo() throws Exception {
        SeccompFilter filter = filter(Action.KILL_PROCESS, Set.of(), rule(Action.ALLOW, "mseal"));
        box.start("killed", box.spec(process(filter, true, UserSpec.ROOT, Capabilities.NONE, "x")));
        assertThat(box.exit().code()).isEqualTo(128 + 31);
    }
}
