package io.windlass.conformance;

import io.windlass.conformance.fixture.Canary;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TarLayer.Owner;
import io.windlass.conformance.fixture.TestImage.Layer;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.SecurityProfile;
import io.windlass.cri.v1.SecurityProfile.ProfileType;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Root of a container as a kubelet asks for it, with the runtime's profile and the usual paths hidden, turns on the kernel. After CVE-2022-0492,
 * 2026-31431 and the escapes by files of procfs and sysfs.
 */
@UnderAttack
class KernelAttackTest {
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final long NEW_USER = 0x10000000L;
    private static final long NEW_NAMESPACE = 0x00020000L;

    /** A system call of x86-64 by its number and arguments. */
    private enum Call {
        SOCKET_OF_THE_CRYPTO_API(41, 38, 5, 0), //
        SOCKET_TO_THE_HYPERVISOR(41, 40, 1, 0), //
        NEW_USER_NAMESPACE(272, NEW_USER), //
        NEW_MOUNT_NAMESPACE(272, NEW_NAMESPACE), //
        CLONE_INTO_A_USER_NAMESPACE(56, NEW_USER | 17), //
        FILE_BY_HANDLE(304, 0, 0, 0), //
        JOIN_A_NAMESPACE(308, 0, 0), //
        MOUNT(165, 0, 0, 0, 0), //
        NEW_FILE_SYSTEM(430, 0, 0), //
        MOVE_A_MOUNT(429, 0, 0, 0, 0), //
        UNMOUNT(166, 0, 0), //
        PIVOT_ROOT(155, 0, 0), //
        SWAP_ON(167, 0, 0), //
        REBOOT(169, 0, 0), //
        LOAD_A_MODULE(175, 0, 0, 0), //
        LOAD_A_MODULE_BY_FD(313, 0, 0, 0), //
        LOAD_A_KERNEL(246, 0, 0, 0), //
        BPF(321, 0, 0, 0), //
        PERFORMANCE_EVENTS(298, 0, 0, -1, -1), //
        PAGE_FAULTS(323, 0), //
        RING_OF_CALLS(425, 1, 0), //
        ADD_A_KEY(248, 0, 0, 0), //
        READ_KEYS(250, 0, 0), //
        KERNEL_LOG(103, 3, 0, 0), //
        ADDRESSES_THAT_ARE_NOT_RANDOM(135, 0x0040000), //
        ACCOUNTING(163, 0), //
        PORTS_OF_THE_MACHINE(173, 0x80, 1, 1), //
        CLOCK(227, 0, 0);

        private final long number;
        private final long[] arguments;

        Call(long number, long... arguments) {
            this.number = number;
            this.arguments = arguments;
        }
    }

    /** As a kubelet asks for the container of a pod that says nothing. */
    static Consumer<ContainerConfig.Builder> usual() {
        return ProcessTest.user(s -> s.setSeccomp(SecurityProfile.newBuilder().setProfileType(ProfileType.RuntimeDefault))
                .addAllMaskedPaths(
                        List.of("/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
                                "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap"))
                .addAllReadonlyPaths(List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")));
    }

    @Test
    @DiffersOn(value = "containerd", why = "CVE-2026-31431: the filter of 1.6 lets sockets of the crypto API through")
    void refusesTheCallsOfAnAttacker(Node node) throws Exception {
        TarLayer programs = new TarLayer();
        for (Call call : Call.values()) {
            programs.file("calls/" + call, TestImages.systemCall(call.number, call.arguments), Owner.root(0755));
        }
        programs.file("calls/clone3", TestImages.systemCall(435, 0, 0), Owner.root(0755));
        programs.file("calls/getpid", TestImages.systemCall(39), Owner.root(0755));
        node.registry().push("calls", "1", TestImages.busybox().plus(Layer.gzip(programs)));
        try (Pulled image = Pulled.pull(node, node.registry().reference("calls:1")); Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(usual().andThen(c -> {
                c.getImageBuilder().setImage(image.name());
                c.addCommand("sleep").addCommand("1000");
            }));
            for (Call call : Call.values()) {
                assertThat(container.exec("/calls/" + call).getExitCode()).as(call.toString()).isEqualTo(EPERM);
            }
            assertThat(container.exec("/calls/clone3").getExitCode()).isEqualTo(ENOSYS);
            assertThat(container.exec("/calls/getpid").getExitCode()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/kernel/domainname",
            "/proc/sys/vm/panic_on_oom",
            "/proc/sysrq-trigger", "/proc/irq/default_smp_affinity", "/proc/1/root/proc/sys/kernel/core_pattern",
            "/proc/self/cwd/proc/sys/kernel/core_pattern", "/sys/kernel/uevent_helper", "/sys/kernel/mm/ksm/run",
            "/sys/module/kernel/parameters/panic"})
    void writesNoSettingOfTheHost(String file, Node node) throws Exception {
        assertThat(ProcessTest.output(node, usual(), "[ -e " + file + " ] || { echo refused; exit; }; "
                + "(echo 1 > " + file + ") 2>/dev/null && echo written || echo refused")).isEqualTo("refused\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mount -o remount,rw /proc/sys", "mount -o remount,bind,rw /proc/sys", "umount /proc/sys",
            "umount -l /proc/sysrq-trigger",
            "umount /proc/kcore", "mount -t proc proc /tmp", "mount -t sysfs sysfs /tmp", "mount -t devtmpfs dev /tmp",
            "mount -t debugfs d /tmp",
            "mount -o bind /proc/1/root /tmp", "mount -o remount,rw /sys"})
    void takesNoProtectionAway(String command, Node node) throws Exception {
        assertThat(ProcessTest.output(node, usual(), command + " 2>/dev/null && echo done || echo refused")).isEqualTo("refused\n");
    }

    /** CVE-2022-0492: a cgroup hierarchy whose release agent the host runs. */
    @Test
    @DiffersOn(value = "containerd", why = "Debian's runc leaves the tmpfs above the hierarchies writable, though none of them")
    void namesNoReleaseAgent(Node node, Canary host) throws Exception {
        String script = """
                mkdir /tmp/cg
                mount -t cgroup -o rdma cgroup /tmp/cg || mount -t cgroup -o memory cgroup /tmp/cg
                unshare -UrmC sh -c 'mount -t cgroup -o rdma cgroup /tmp/cg; echo %1$s > /tmp/cg/release_agent'
                grep -q ' /tmp/cg ' /proc/self/mounts && echo mounted
                for agent in /sys/fs/cgroup/release_agent /sys/fs/cgroup/*/release_agent; do
                    echo %1$s > $agent && echo agent named
                done
                for group in /sys/fs/cgroup /sys/fs/cgroup/*; do
                    mkdir $group/attack && echo cgroup made
                done
                echo tried
                """.formatted(host.program());
        assertThat(ProcessTest.output(node, usual(), "exec 2>/dev/null\n" + script)).isEqualTo("tried\n");
    }

    /** A device that the container makes, of the disk or the memory of the host. */
    @ParameterizedTest
    @ValueSource(strings = {"c 1 1", "c 1 2", "c 1 4", "c 1 11", "b 7 0", "b 8 0", "b 253 0", "b 254 0", "b 259 0", "c 10 229", "c 10 237"})
    void opensNoDeviceOfTheHost(String device, Node node) throws Exception {
        assertThat(ProcessTest.output(node, usual(), "mknod /tmp/d " + device + " || { echo refused; exit; }; "
                + "(: < /tmp/d) 2>&1 | grep -q 'not permitted' && echo refused")).isEqualTo("refused\n");
    }
}
