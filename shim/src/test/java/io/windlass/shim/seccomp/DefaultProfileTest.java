package io.windlass.shim.seccomp;

import io.windlass.shim.spec.BpfMachine;
import io.windlass.shim.spec.Capabilities;
import io.windlass.shim.spec.Capability;
import io.windlass.shim.spec.Seccomp.Abi;
import io.windlass.shim.spec.Seccomp.Action;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class DefaultProfileTest {
    private static final int ALLOW = Action.ALLOW.value();
    private static final int EPERM = Action.errno(1).value();
    private static final int ENOSYS = Action.errno(38).value();
    private static final Set<Capability> USUAL = Capabilities.DEFAULT.bounding();

    private static Set<String> refused(Set<Capability> capabilities) {
        BpfMachine machine = new BpfMachine(DefaultProfile.filter(capabilities, Abi.X86_64));
        Set<String> refused = new TreeSet<>();
        SyscallNumbers.all(Abi.X86_64).forEach((name, number) -> {
            if (machine.run(Abi.X86_64, number) != ALLOW) {
                refused.add(name);
            }
        });
        return refused;
    }

    private static int call(Set<Capability> capabilities, String name, long... arguments) {
        return new BpfMachine(DefaultProfile.filter(capabilities, Abi.X86_64)).run(Abi.X86_64,
                SyscallNumbers.of(Abi.X86_64, name), arguments);
    }

    @Test
    void refusesWhatAnOrdinaryContainerHasNoUseFor() {
        assertThat(refused(USUAL)).containsExactly("_sysctl", "acct", "add_key", "afs_syscall", "bpf", "clock_settime", "clone3",
                "create_module", "delete_module", "fanotify_init", "file_getattr", "file_setattr", "finit_module", "fsconfig", "fsmount",
                "fsopen", "fspick", "get_kernel_syms", "get_mempolicy", "getpmsg", "init_module", "io_uring_enter", "io_uring_register",
                "io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl", "listns", "lookup_dcookie",
                "lsm_get_self_attr", "lsm_list_modules", "lsm_set_self_attr", "mbind", "migrate_pages", "mount", "mount_setattr",
                "move_mount", "move_pages", "nfsservctl", "open_by_handle_at", "open_tree", "open_tree_attr", "perf_event_open",
                "pidfd_getfd", "pivot_root", "process_madvise", "putpmsg", "query_module", "quotactl", "quotactl_fd", "reboot",
                "request_key", "security", "set_mempolicy", "set_mempolicy_home_node", "setdomainname", "sethostname", "setns",
                "settimeofday", "swapoff", "swapon", "sysfs", "syslog", "tuxcall", "umount2", "unshare", "uprobe", "uselib", "userfaultfd",
                "ustat", "vhangup", "vserver");
    }

    @ParameterizedTest
    @CsvSource({"SYS_ADMIN,mount", "SYS_ADMIN,setns", "SYS_ADMIN,bpf", "SYS_ADMIN,clone3", "SYS_ADMIN,unshare", "SYS_PTRACE,pidfd_getfd",
            "SYS_PTRACE,kcmp", "SYS_BOOT,reboot", "SYS_MODULE,finit_module", "SYS_TIME,clock_settime", "SYS_NICE,mbind", "SYS_RAWIO,iopl",
            "SYS_PACCT,acct", "SYS_TTY_CONFIG,vhangup", "DAC_READ_SEARCH,open_by_handle_at", "SYSLOG,syslog", "BPF,bpf",
            "PERFMON,perf_event_open"})
    void letsThroughWhatACapabilityIsFor(Capability capability, String name) {
        Set<Capability> more = EnumSet.copyOf(USUAL);
        more.add(capability);
        assertThat(call(USUAL, name)).isNotEqualTo(ALLOW);
        assertThat(call(more, name)).isEqualTo(ALLOW);
    }

    @Test
    void refusesChrootWithoutItsCapability() {
        assertThat(call(USUAL, "chroot")).isEqualTo(ALLOW);
        assertThat(call(Set.of(), "chroot")).isEqualTo(EPERM);
    }

    @Test
    void letsThreadsAndProcessesBeMadeButNoNamespaces() {
        assertThat(call(USUAL, "clone", 0x3d0f00)).isEqualTo(ALLOW);
        for (long flag : new long[]{0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000}) {
            assertThat(call(USUAL, "clone", flag | 17)).as("0x%x", flag).isEqualTo(EPERM);
        }
        assertThat(call(USUAL, "clone3")).isEqualTo(ENOSYS);
        assertThat(call(EnumSet.allOf(Capability.class), "clone", 0x10000000)).isEqualTo(ALLOW);
    }

    @Test
    void refusesSeldomFamiliesOfSockets() {
        List<Integer> refused = new ArrayList<>();
        for (int family = 0; family < 60; family++) {
            if (call(USUAL, "socket", family) != ALLOW) {
                refused.add(family);
            }
        }
        assertThat(refused).containsExactly(12, 19, 20, 23, 25, 34, 37, 38, 40, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59);
        assertThat(call(USUAL, "socket", 1L << 32 | 2)).isEqualTo(EPERM);
    }

    @Test
    void letsThePlainPersonalitiesThrough() {
        assertThat(call(USUAL, "personality", 0xffffffffL)).isEqualTo(ALLOW);
        assertThat(call(USUAL, "personality", 0x0040000)).isEqualTo(EPERM);
    }

    @Test
    void isTheSameOnNarrowAbis() {
        BpfMachine machine = new BpfMachine(DefaultProfile.filter(USUAL, Abi.X86_64));
        assertThat(machine.run(Abi.X86, SyscallNumbers.of(Abi.X86, "unshare"))).isEqualTo(EPERM);
        assertThat(machine.run(Abi.X86, SyscallNumbers.of(Abi.X86, "mmap2"))).isEqualTo(ALLOW);
        assertThat(machine.run(Abi.X32, SyscallNumbers.of(Abi.X32, "execve"))).isEqualTo(ALLOW);
        BpfMachine arm = new BpfMachine(DefaultProfile.filter(USUAL, Abi.AARCH64));
        assertThat(arm.run(Abi.AARCH64, 221)).isEqualTo(ALLOW);
        assertThat(arm.run(Abi.AARCH64, 40)).isEqualTo(EPERM);
        assertThat(arm.run(Abi.ARM, 0xf0005)).isEqualTo(ALLOW);
        assertThat(arm.run(Abi.X86_64, 0)).isEqualTo(Action.KILL_PROCESS.value());
    }

    @Test
    void isCompiledOnceForWhatMatters() {
        assertThat(DefaultProfile.filter(USUAL, Abi.X86_64)).isSameAs(DefaultProfile.filter(Set.of(Capability.SYS_CHROOT), Abi.X86_64));
    }

    @ParameterizedTest
    @EnumSource(names = {"X86_64", "AARCH64"})
    void isSmallAndShallow(Abi abi) {
        var filter = DefaultProfile.filter(USUAL, abi);
        BpfMachine machine = new BpfMachine(filter);
        int most = SyscallNumbers.all(abi).entrySet().stream().filter(e -> !Set.of("socket", "personality", "clone").contains(e.getKey()))
                .mapToInt(e -> {
                    machine.run(abi, e.getValue());
                    return machine.steps();
                }).max().orElseThrow();
        assertThat(filter.length()).isLessThan(500);
        assertThat(most).isLessThan(16);
    }
}
