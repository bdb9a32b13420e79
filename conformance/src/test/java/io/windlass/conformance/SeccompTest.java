package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TarLayer.Owner;
import io.windlass.conformance.fixture.TestImage.Layer;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.Capability;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.SecurityProfile;
import io.windlass.cri.v1.SecurityProfile.ProfileType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Filters of system calls. */
@OnNode
class SeccompTest {
    private static final String MODE = "grep Seccomp: /proc/self/status | tr -d -c 0-9";
    private static final String NO_CHMOD = """
            {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
              {"names": ["chmod", "fchmodat", "call_of_another_day"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}
            """;

    private static final int PERSONALITY = 135;
    private static final int PERSONALITY_OF_I386 = 136;
    private static final List<Long> PERSONAS = List.of(8L, 0x40000L, 0x40008L);

    private static Consumer<ContainerConfig.Builder> profile(ProfileType type, String reference) {
        return ProcessTest.user(s -> s.setSeccomp(SecurityProfile.newBuilder().setProfileType(type).setLocalhostRef(reference)));
    }

    private static Consumer<ContainerConfig.Builder> runtimeDefault() {
        return profile(ProfileType.RuntimeDefault, "");
    }

    private static Path file(Node node, String text) throws IOException {
        return Files.writeString(node.scratch().directory("profiles").resolve("profile-" + node.next() + ".json"), text);
    }

    @Test
    void isThereOnlyWhenAskedFor(Node node) throws Exception {
        assertThat(ProcessTest.output(node, c -> {
        }, MODE)).isEqualTo("0");
        assertThat(ProcessTest.output(node, profile(ProfileType.Unconfined, ""), MODE)).isEqualTo("0");
        assertThat(ProcessTest.output(node, runtimeDefault(), MODE)).isEqualTo("2");
    }

    @ParameterizedTest
    @CsvSource({"runtime/default,2", "docker/default,2", "unconfined,0", "'',0"})
    @SuppressWarnings("deprecation") // a kubelet of the time before the newer field sets it
    void isReadFromTheOlderField(String path, String mode, Node node) throws Exception {
        assertThat(ProcessTest.output(node, ProcessTest.user(s -> s.setSeccompProfilePath(path)), MODE)).isEqualTo(mode);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofTheRuntimeRefusesNamespacesAndMounts(boolean noNewPrivileges, Node node) throws Exception {
        assertThat(ProcessTest.output(node, runtimeDefault().andThen(ProcessTest.user(s -> s.setNoNewPrivs(noNewPrivileges))),
                "unshare -U true 2>/dev/null || echo no user namespace; mount -t tmpfs x /tmp 2>/dev/null || echo no mount;"
                        + " (echo a process; echo a pipe) | cat; chmod 700 /tmp && hostname"))
                .startsWith("no user namespace\nno mount\na process\na pipe\npod-");
    }

    @Test
    void ofTheRuntimeLetsThroughWhatACapabilityIsFor(Node node) throws Exception {
        Capability admin = Capability.newBuilder().addAddCapabilities("SYS_ADMIN").build();
        Consumer<LinuxContainerSecurityContext.Builder> free = AppArmorProfiles.UNCONFINED.andThen(s -> s.setCapabilities(admin));
        assertThat(ProcessTest.output(node, runtimeDefault().andThen(ProcessTest.user(free)),
                "mount -t tmpfs x /tmp && echo mounted; unshare -n true && echo unshared; " + MODE)).isEqualTo("mounted\nunshared\n2");
    }

    @ParameterizedTest
    @CsvSource({"true,0", "true,1000", "false,0", "false,1000"})
    void ofTheNodeDoesWhatItsFileSays(boolean noNewPrivileges, long uid, Node node) throws Exception {
        Consumer<LinuxContainerSecurityContext.Builder> user = s -> {
            s.setNoNewPrivs(noNewPrivileges).getRunAsUserBuilder().setValue(uid);
        };
        assertThat(ProcessTest.output(node, profile(ProfileType.Localhost, file(node, NO_CHMOD).toString()).andThen(ProcessTest.user(user)),
                "touch /tmp/x; chmod 600 /tmp/x 2>&1 || echo $?; id -u; " + MODE)).contains("No space left on device\n1\n" + uid + "\n2");
    }

    @Test
    @SuppressWarnings("deprecation")
    void ofTheNodeIsReadFromTheOlderField(Node node) throws Exception {
        Path file = file(node, NO_CHMOD);
        assertThat(ProcessTest.output(node, ProcessTest.user(s -> s.setSeccompProfilePath("localhost/" + file)),
                "chmod 700 /tmp 2>&1 || " + MODE)).endsWith("2");
    }

    @Test
    void holdsForWhatIsExecutedLater(Node node) throws Exception {
        Path file = file(node, NO_CHMOD);
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod
                    .start(profile(ProfileType.Localhost, file.toString()).andThen(c -> c.addCommand("sleep").addCommand("1000")));
            Files.delete(file);
            assertThat(container.sh(MODE)).isEqualTo("2");
            assertThat(container.exec("chmod", "700", "/tmp").getExitCode()).isEqualTo(1);
        }
    }

    @Test
    void isNotThereForAPrivilegedContainer(Node node) throws Exception {
        Consumer<PodSandboxConfig.Builder> privileged = config -> config.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true);
        try (Pod pod = Pod.run(node, privileged)) {
            PodContainer container = pod.start(
                    runtimeDefault().andThen(ProcessTest.user(s -> s.setPrivileged(true)))
                            .andThen(c -> c.addCommand("sleep").addCommand("1000")));
            assertThat(container.sh(MODE)).isEqualTo("0");
        }
    }

    @Test
    void killsByItsAction(Node node) throws Exception {
        Path file = file(node, "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"mkdir\", \"mkdirat\"], \"action\": "
                + "\"SCMP_ACT_KILL_PROCESS\"}]}");
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(
                    profile(ProfileType.Localhost, file.toString()).andThen(c -> c.addCommand("mkdir").addCommand("/x")));
            assertThat(container.awaitExit().getExitCode()).isEqualTo(128 + 31);
        }
    }

    /** Programs that make one call each, personality(2) with some argument, and exit with its errno. */
    private static Pulled calls(Node node) throws Exception {
        TarLayer calls = new TarLayer().file("calls/narrow", TestImages.narrowSystemCall(PERSONALITY_OF_I386, 8), Owner.root(0755));
        for (long persona : PERSONAS) {
            calls.file("calls/" + persona, TestImages.systemCall(PERSONALITY, persona), Owner.root(0755));
        }
        node.registry().push("personality", "1", TestImages.busybox().plus(Layer.gzip(calls)));
        return Pulled.pull(node, node.registry().reference("personality:1"));
    }

    private static PodContainer waiting(Pod pod, Pulled image, Consumer<ContainerConfig.Builder> change) {
        return pod.start(change.andThen(c -> {
            c.getImageBuilder().setImage(image.name());
            c.addCommand("sleep").addCommand("1000");
        }));
    }

    /** @param exits of the calls with the arguments {@link #PERSONAS} */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"'SCMP_ACT_ERRNO', 'errnoRet': 28|28 28 28",
            "'SCMP_ACT_ERRNO', 'errnoRet': 28, 'args': [{'index': 0, 'value': 255, 'valueTwo': 8, 'op': 'SCMP_CMP_MASKED_EQ'}]|28 0 28",
            "'SCMP_ACT_ERRNO', 'errnoRet': 28, 'args': [{'index': 0, 'value': 8, 'op': 'SCMP_CMP_EQ'}, {'index': 0, 'value': 262144, 'op': 'SCMP_CMP_EQ'}]|28 28 0",
            "'SCMP_ACT_TRAP'|159 159 159", "'SCMP_ACT_LOG'|0 0 0"})
    void decidesByArgumentsAndActions(String rule, String exits, Node node) throws Exception {
        Path file = file(node, ("{'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [{'names': ['personality'], 'action': " + rule + "}]}")
                .replace('\'', '"'));
        try (Pulled image = calls(node); Pod pod = Pod.run(node)) {
            PodContainer container = waiting(pod, image, profile(ProfileType.Localhost, file.toString()));
            assertThat(PERSONAS).extracting(persona -> container.exec("/calls/" + persona).getExitCode())
                    .extracting(String::valueOf).containsExactly(exits.split(" "));
        }
    }

    /** Calls of i386 are under the rules where the profile names its ABI, and kill elsewhere. */
    @Test
    void decidesByTheAbi(Node node) throws Exception {
        String rules = "{'defaultAction': 'SCMP_ACT_ALLOW', 'architectures': ['SCMP_ARCH_X86_64'%s], 'syscalls': "
                + "[{'names': ['personality'], 'action': 'SCMP_ACT_ERRNO', 'errnoRet': 28}]}";
        String both = file(node, rules.formatted(", 'SCMP_ARCH_X86'").replace('\'', '"')).toString();
        String one = file(node, rules.formatted("").replace('\'', '"')).toString();
        try (Pulled image = calls(node); Pod pod = Pod.run(node)) {
            assertThat(waiting(pod, image, profile(ProfileType.Unconfined, "")).exec("/calls/narrow").getExitCode()).isZero();
            assertThat(waiting(pod, image, profile(ProfileType.Localhost, both)).exec("/calls/narrow").getExitCode()).isEqualTo(28);
            assertThat(waiting(pod, image, profile(ProfileType.Localhost, one)).exec("/calls/narrow").getExitCode()).isEqualTo(128 + 31);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"not json", "{'defaultAction': 'SCMP_ACT_DENY'}",
            "{'defaultAction': 'SCMP_ACT_ALLOW', 'architectures': ['VAX']}",
            "{'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [{'names': ['read'], 'action': 'SCMP_ACT_ERRNO', 'args': [{'index': 9, 'op': 'SCMP_CMP_EQ'}]}]}"})
    void refusesAFileThatIsNoProfile(String text, Node node) throws Exception {
        Path file = file(node, text.replace('\'', '"'));
        try (Pod pod = Pod.run(node)) {
            Failure failure = Failure.of(node, Code.INVALID_ARGUMENT,
                    () -> pod.start(profile(ProfileType.Localhost, file.toString()).andThen(c -> c.addCommand("true"))));
            if (node.runtime().name().equals("windlass")) {
                assertThat(failure.message()).contains(file.toString());
            }
            assertThat(pod.script("echo next").output()).isEqualTo("next\n");
        }
    }

    @Test
    void refusesAFileByWhichSomebodyIsToBeNotified(Node node) throws Exception {
        Path file = file(node, "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"mkdir\"], "
                + "\"action\": \"SCMP_ACT_NOTIFY\"}]}");
        try (Pod pod = Pod.run(node)) {
            Failure.of(node, Code.FAILED_PRECONDITION,
                    () -> pod.start(profile(ProfileType.Localhost, file.toString()).andThen(c -> c.addCommand("true"))));
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "its runc does not know the flag")
    void takesAFlagThatIsForListeners(Node node) throws Exception {
        Path file = file(node, NO_CHMOD.replaceFirst("\\{", "{\"flags\": [\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"], "));
        assertThat(ProcessTest.output(node, profile(ProfileType.Localhost, file.toString()), "chmod 700 /tmp 2>/dev/null || echo refused"))
                .isEqualTo("refused\n");
    }

    @Test
    void refusesAFileThatIsNotThere(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            Failure.of(node, Code.FAILED_PRECONDITION, () -> pod.create(profile(ProfileType.Localhost, "/nowhere/profile.json")));
            Failure.of(node, Code.FAILED_PRECONDITION, () -> pod.create(profile(ProfileType.Localhost, "/tmp")));
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "looks for the file in its own working directory, and takes an empty name for no profile")
    void refusesANameThatIsNoPath(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            Failure.of(node, Code.INVALID_ARGUMENT, () -> pod.create(profile(ProfileType.Localhost, "profile.json")));
            Failure.of(node, Code.INVALID_ARGUMENT, () -> pod.create(profile(ProfileType.Localhost, "")));
            Failure.of(node, Code.INVALID_ARGUMENT, () -> pod.create(profile(ProfileType.RuntimeDefault, "/x")));
        }
    }
}
