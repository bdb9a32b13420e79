package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Bpf;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Syscall;
import io.windlass.shim.spec.Resources.DeviceRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

class DeviceProgramTest {
    private static final DeviceRule NONE = new DeviceRule(false, 'a', null, null, "rwm");
    private static final List<DeviceRule> RULES = List.of(NONE, new DeviceRule(true, 'c', null, null, "m"),
            new DeviceRule(true, 'c', 1, 3, "rwm"), new DeviceRule(true, 'c', 136, null, "rwm"), new DeviceRule(true, 'b', 8, 0, "r"),
            new DeviceRule(true, 'b', 8, 0, "w"), new DeviceRule(true, 'c', 10, 229, "rw"), new DeviceRule(false, 'c', 10, 229, "w"));

    /** Runs a program as the kernel does and returns register 0. */
    private static int run(byte[] program, int kind, int access, int major, int minor) {
        ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer context = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putInt(access << 16 | kind).putInt(major).putInt(minor);
        long[] register = new long[11];
        for (int at = 0;; at++) {
            int to = code.get(at * 8 + 1) & 0xf;
            int from = code.get(at * 8 + 1) >> 4 & 0xf;
            int offset = code.getShort(at * 8 + 2);
            int immediate = code.getInt(at * 8 + 4);
            switch (code.get(at * 8) & 0xff) {
                case 0x61 -> register[to] = context.getInt(offset) & 0xffffffffL;
                case 0xb7 -> register[to] = immediate;
                case 0xbf -> register[to] = register[from];
                case 0x57 -> register[to] &= immediate;
                case 0x77 -> register[to] >>>= immediate;
                case 0x15 -> at += register[to] == immediate ? offset : 0;
                case 0x55 -> at += register[to] != immediate ? offset : 0;
                case 0x95 -> {
                    return (int) register[0];
                }
                default -> throw new AssertionError("code of instruction " + at);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"c,rw,1,3,1", "c,m,1,3,1", "c,rw,1,11,0", "c,m,1,11,1", "c,rm,1,11,0", "b,m,1,3,0", "c,rwm,136,7,1", "b,r,8,0,1",
            "b,rw,8,0,1",
            "b,rwm,8,0,0", "c,r,10,229,1", "c,w,10,229,0", "c,rw,10,229,0", "c,rm,10,229,1"})
    void decidesAsTheControllerOfV1(char kind, String access, int major, int minor, int expected) {
        int bits = (access.contains("m") ? 1 : 0) | (access.contains("r") ? 2 : 0) | (access.contains("w") ? 4 : 0);
        assertThat(run(DeviceProgram.of(RULES), kind == 'b' ? 1 : 2, bits, major, minor)).isEqualTo(expected);
    }

    @Test
    void needsNoProgramForEverything() {
        DeviceRule all = new DeviceRule(true, 'a', null, null, "rwm");
        assertThat(DeviceProgram.allowsAll(List.of(NONE, all))).isTrue();
        assertThat(DeviceProgram.allowsAll(RULES)).isFalse();
        assertThat(run(DeviceProgram.of(List.of(all)), 2, 7, 1, 11)).isEqualTo(1);
        assertThat(run(DeviceProgram.of(List.of(NONE)), 2, 7, 1, 11)).isZero();
    }

    @Test
    void passesTheVerifierAndHoldsInTheKernel() throws Exception {
        Path cgroup = unified();
        try {
            DeviceGuard.set(cgroup, RULES);
            assertThat(in(cgroup, "echo x > /dev/null && echo null; (echo x > /dev/full) 2>&1; head -c 1 /dev/zero")).startsWith("null\n")
                    .contains("not permitted").doesNotContain("\0");
            try (Fd fd = Syscall.open(cgroup.toString(), Fcntl.O_RDONLY, 0)) {
                List<Integer> first = Bpf.attachedPrograms(fd);
                DeviceGuard.set(cgroup, List.of(NONE, new DeviceRule(true, 'c', 1, 5, "r")));
                assertThat(Bpf.attachedPrograms(fd)).hasSize(1).doesNotContainAnyElementsOf(first);
                assertThat(in(cgroup, "head -c 1 /dev/zero")).isEqualTo("\0");
                DeviceGuard.set(cgroup, List.of(new DeviceRule(true, 'a', null, null, "rwm")));
                assertThat(Bpf.attachedPrograms(fd)).isEmpty();
            }
        } finally {
            Files.delete(cgroup);
        }
    }

    private static Path unified() throws IOException {
        String mount = Files.readAllLines(Path.of("/proc/self/mountinfo")).stream().filter(line -> line.contains(" - cgroup2 ")).findFirst()
                .map(line -> line.split(" ")[4]).orElse("");
        assumeThat(mount).as("a mount of cgroup2").isNotEmpty();
        return Files.createTempDirectory(Path.of(mount), "windlass-device-test");
    }

    private static String in(Path cgroup, String script) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", "echo $$ > " + cgroup + "/cgroup.procs; exec sh -c '" + script + "' 2>&1").start();
        String out = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }
}
