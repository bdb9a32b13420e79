package io.windlass.conformance;

import io.windlass.conformance.fixture.Canary;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.Capability;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.SecurityProfile;
import io.windlass.cri.v1.SecurityProfile.ProfileType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A container with CAP_SYS_PTRACE and its neighbours in one PID namespace: whatever they have, it has, from their first moment on. After CVE-2016-9962 and
 * 2019-5736, in pods that share.
 */
@UnderAttack
class NeighbourAttackTest {
    private static final int STARTS = 60;
    private static final Capability TRACER = Capability.newBuilder().addAddCapabilities("SYS_PTRACE").build();

    /**
     * Looks at each process as long as there is no /stop, with nothing but the shell's own commands, to be fast: for a way to the host, and for capabilities
     * that only a process of the runtime has, which whoever traces it could use.
     */
    private static final String LOOK = """
            while read key value; do [ $key = CapPrm: ] && own=$value; done < /proc/self/status
            tell() { case $told in *"$1"*) ;; *) told="$told $1"; echo "$1" ;; esac }
            echo watching
            while [ ! -e /stop ]; do
                for p in /proc/[0-9]*; do
                    [ -e $p/root%1$s ] && tell "root"
                    [ -e $p/cwd%1$s ] && tell "working directory"
                    for f in $p/fd/*; do [ -e $f/%2$s/secret ] && tell "descriptor ${f##*/}"; done
                    while read key value; do
                        [ $key = CapPrm: ] && case $value in $own|00000000a80425fb|0000000000000000) ;; *) tell "capabilities $value" ;; esac
                    done < $p/status
                done
            done 2>/dev/null
            true
            """;

    /** Who the neighbour is that the container has to do with. */
    enum Neighbour {
        USUAL(s -> {
        }), //
        NO_NEW_PRIVILEGES(s -> s.setNoNewPrivs(true).setSeccomp(seccomp())), //
        FILTERED(s -> s.setSeccomp(seccomp())), //
        FILTERED_USER(s -> s.setSeccomp(seccomp()).getRunAsUserBuilder().setValue(1000));

        private final Consumer<LinuxContainerSecurityContext.Builder> change;

        Neighbour(Consumer<LinuxContainerSecurityContext.Builder> change) {
            this.change = change;
        }

        private static SecurityProfile seccomp() {
            return SecurityProfile.newBuilder().setProfileType(ProfileType.RuntimeDefault).build();
        }

        Consumer<ContainerConfig.Builder> runs(String... command) {
            return ProcessTest.user(change).andThen(c -> c.addAllCommand(List.of(command)));
        }
    }

    private static Pod sharing(Node node) throws Exception {
        return Pod.run(node,
                c -> c.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder().setPid(NamespaceMode.POD));
    }

    private static PodContainer watcher(Pod pod, Canary host) {
        String script = LOOK.formatted(host.secret(), host.fromBelow());
        PodContainer watcher = pod
                .start(ProcessTest.user(s -> s.setCapabilities(TRACER)).andThen(c -> c.addAllCommand(List.of("sh", "-c", script))));
        watcher.awaitLog("watching");
        return watcher;
    }

    private static void sawNothing(PodContainer watcher) throws Exception {
        watcher.exec("touch", "/stop"); // the container's end may kill it before its own
        assertThat(watcher.output()).isEqualTo("watching\n");
    }

    @ParameterizedTest
    @EnumSource
    @DiffersOn(value = "containerd", why = "as in CVE-2016-9962 Debian's runc shows its root, capabilities and a descriptor of the host")
    void startIsOfNoUseToATracer(Neighbour neighbour, Node node, Canary host) throws Exception {
        try (Pod pod = sharing(node)) {
            PodContainer watcher = watcher(pod, host);
            for (int i = 0; i < STARTS; i++) {
                PodContainer started = pod.start(neighbour.runs("true"));
                started.awaitExit();
                started.remove();
            }
            sawNothing(watcher);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DiffersOn(value = "containerd", why = "as in CVE-2016-9962 Debian's runc shows its root, capabilities and a descriptor of the host")
    void execIsOfNoUseToATracer(Neighbour neighbour, Node node, Canary host) throws Exception {
        try (Pod pod = sharing(node)) {
            PodContainer watcher = watcher(pod, host);
            PodContainer entered = pod.start(neighbour.runs("sleep", "1000"));
            for (int i = 0; i < STARTS; i++) {
                assertThat(entered.exec("true").getExitCode()).isZero();
            }
            sawNothing(watcher);
        }
    }

    /** One that joins the PID namespace of another, as an ephemeral container does, is seen by that one. */
    @Test
    @DiffersOn(value = "containerd", why = "as in CVE-2016-9962 Debian's runc shows its root, capabilities and a descriptor of the host")
    void joiningNeighbourIsOfNoUseToItsTarget(Node node, Canary host) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer watcher = watcher(pod, host);
            NamespaceOption target = NamespaceOption.newBuilder().setPid(NamespaceMode.TARGET).setTargetId(watcher.id()).build();
            for (int i = 0; i < STARTS; i++) {
                PodContainer started = pod.start(ProcessTest.user(s -> s.setNamespaceOptions(target)).andThen(c -> c.addCommand("true")));
                started.awaitExit();
                started.remove();
            }
            sawNothing(watcher);
        }
    }

    /** Process 1 of the pod has no part of the host, and no power that it could be made to use. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DiffersOn(value = "containerd", why = "process 1 is a pause container with a root and capabilities of its own")
    void initOfThePodHasNothingOfTheHost(boolean privileged, Node node, Canary host) throws Exception {
        String look = """
                ls -A /proc/1/root/ /proc/1/cwd/ /proc/1/fd/
                ls -A /proc/1/root/../../../.. | grep -v : | head -1
                cat /proc/1/root%1$s /proc/1/cwd%1$s
                grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/1/status | grep -v 0000000000000000
                grep -v -E ' / / ' /proc/1/mountinfo
                [ $(readlink /proc/1/ns/cgroup) = %2$s ] && echo cgroups of the host
                [ $(readlink /proc/1/ns/mnt) = %3$s ] && echo mounts of the host
                nsenter -t 1 -m cat %1$s
                """.formatted(host.secret(), namespace("cgroup"), namespace("mnt"));
        try (Pod pod = Pod.run(node, c -> {
            var context = c.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(privileged);
            context.getNamespaceOptionsBuilder().setPid(NamespaceMode.POD);
        })) {
            PodContainer looker = pod.start(ProcessTest.user(s -> s.setCapabilities(TRACER).setPrivileged(privileged))
                    .andThen(c -> c.addAllCommand(List.of("sh", "-c", "{ " + look + "} 2>/dev/null; echo looked"))));
            assertThat(looker.output()).isEqualTo("/proc/1/cwd/:\n\n/proc/1/fd/:\n\n/proc/1/root/:\nlooked\n");
        }
    }

    private static String namespace(String kind) throws Exception {
        return Files.readSymbolicLink(Path.of("/proc/self/ns/" + kind)).toString();
    }
}
