package io.windlass.shim.program;

import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ExecSpec;
import io.windlass.shim.spec.ProcessSpec;
import io.windlass.shim.spec.SecurityLabel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LabelStageTest {
    private static final String PROCFS = """
                $fs = fsopen("proc", FSOPEN_CLOEXEC)
                fsconfig($fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0)
                $proc = fsmount($fs, FSMOUNT_CLOEXEC, 14)
            """;

    private static String listing(@Nullable SecurityLabel label) {
        ProcessSpec process = ProcessSpec.of(List.of("true"), List.of()).withLabel(label);
        return new ProgramCompiler(Architecture.X86_64, -1).exec(new ExecSpec(process, CgroupJoin.NONE), true, true, true).listing()
                .replaceAll("(older|opened)\\.\\d+", "$1");
    }

    @Test
    void asksAppArmorThroughAProcfsOfItsOwn() {
        String listing = listing(new SecurityLabel.AppArmorProfile("web"));
        assertThat(listing)
                .contains(
                        PROCFS + """
                                    $attr = openat2($proc, "thread-self/attr/apparmor/exec", &{O_WRONLY|O_CLOEXEC, NO_XDEV|NO_MAGICLINKS}, 24) ENOENT: goto older
                                opened:
                                    write($attr, "exec web", 8)
                                """)
                .contains("""
                        older:
                            $attr = openat2($proc, "thread-self/attr/exec", &{O_WRONLY|O_CLOEXEC, NO_XDEV|NO_MAGICLINKS}, 24)
                            goto opened
                        """);
        assertThat(listing.indexOf("exec web")).isLessThan(listing.indexOf("setresuid")).isLessThan(listing.indexOf("close_range(3"));
    }

    @Test
    void asksSeLinuxThroughAProcfsOfItsOwn() {
        assertThat(listing(new SecurityLabel.SeLinuxContext("system_u:system_r:container_t:s0:c1,c2"))).contains(PROCFS + """
                    $attr = openat2($proc, "thread-self/attr/exec", &{O_WRONLY|O_CLOEXEC, NO_XDEV|NO_MAGICLINKS}, 24)
                    write($attr, "system_u:system_r:container_t:s0:c1,c2", 38)
                """);
    }

    @Test
    void asksNobodyWithoutALabel() {
        assertThat(listing(null)).doesNotContain("attr/").doesNotContain("fsopen");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "a\0"})
    void refusesWhatIsNoName(String name) {
        assertThatThrownBy(() -> new SecurityLabel.AppArmorProfile(name)).isInstanceOf(IllegalArgumentException.class);
    }
}
