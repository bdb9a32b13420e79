package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.Capability;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.SecurityProfile.ProfileType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Containers with and without the runtime's own AppArmor profile, on a machine that nobody has loaded it on. A program and no test, since it needs a
 * kernel with AppArmor: it runs in a guest only.
 */
final class AppArmorProfiles {
    private static final String LABELS = "cat /proc/1/attr/current /proc/self/attr/current";

    /** What only a profile refuses to root with CAP_SYS_ADMIN, to whom nothing is read-only. */
    private static final String TRIES = "(echo x > /proc/sys/kernel/domainname) 2>/dev/null && echo written || echo refused; "
            + "mount -t tmpfs x /tmp 2>/dev/null && echo mounted || echo refused; echo x > /tmp/x && echo a file";

    /** For what the profile of the runtime refuses, where there is one. */
    static final Consumer<LinuxContainerSecurityContext.Builder> UNCONFINED = s -> s.getApparmorBuilder()
            .setProfileType(ProfileType.Unconfined);

    private AppArmorProfiles() {}

    public static void main(String[] arguments) throws Exception {
        if (!Files.readString(Path.of("/proc/cpuinfo")).contains("User Mode Linux")) {
            throw new IllegalStateException("profiles of this machine are not ours to load");
        }
        assertThat(Path.of("/sys/kernel/security/apparmor/profiles")).content().doesNotContain("windlass-default");
        try (Node node = Node.open(NodeOptions.fromProperties()); Pod pod = ClockJumps.pod(node)) {
            PodContainer silent = start(pod, s -> {
            });
            PodContainer confined = start(pod, s -> s.getApparmorBuilder().setProfileType(ProfileType.RuntimeDefault));
            for (PodContainer container : List.of(silent, confined)) {
                assertThat(container.sh(LABELS)).isEqualTo("windlass-default (enforce)\n".repeat(2));
                assertThat(container.sh(TRIES)).isEqualTo("refused\nrefused\na file\n");
            }
            PodContainer free = start(pod, UNCONFINED);
            assertThat(free.sh(LABELS)).isEqualTo("unconfined\n".repeat(2));
            assertThat(free.sh(TRIES)).isEqualTo("written\nmounted\na file\n");
            confined.stop(Duration.ofSeconds(30));
            assertThat(confined.status().getExitCode()).as("a signal of the runtime gets through").isEqualTo(7);

            Files.writeString(Path.of("/sys/kernel/security/apparmor/.remove"), "windlass-default");
            PodContainer later = start(pod, s -> {
            });
            assertThat(later.sh(LABELS)).as("the profile is loaded again").isEqualTo("windlass-default (enforce)\n".repeat(2));
            node.killDaemon();
            node.startDaemon(Duration.ofMinutes(1));
            assertThat(silent.sh(LABELS)).as("it has lost the profile, and so have its commands").isEqualTo("unconfined\n".repeat(2));
            assertThat(later.sh(LABELS)).isEqualTo("windlass-default (enforce)\n".repeat(2));
        }
    }

    private static PodContainer start(Pod pod, Consumer<LinuxContainerSecurityContext.Builder> change) {
        Capability admin = Capability.newBuilder().addAddCapabilities("SYS_ADMIN").build();
        PodContainer container = pod.start(ProcessTest.user(change.andThen(s -> s.setCapabilities(admin))).andThen(c -> c.addAllCommand(
                List.of("sh", "-c", "trap 'exit 7' TERM; echo ready; while :; do sleep 0.1; done"))));
        container.awaitLog("ready");
        return container;
    }
}
