package io.windlass.shim.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SpawnTest {
    private static String run(Spawn spawn, FileIo.Pipe pipe) throws Exception {
        int pid = spawn.start();
        pipe.write().close();
        String output = new String(pipe.read().readAll(65536), StandardCharsets.UTF_8);
        try (PidFd child = PidFd.open(pid)) {
            assertThat(child.waitExit()).isEqualTo(new WaitStatus(pid, 0, 0));
        }
        return output;
    }

    @Test
    void childHasAnEmptyEnvironment() throws Exception {
        try (FileIo.Pipe pipe = FileIo.pipe2(0)) {
            assertThat(run(Spawn.of("/usr/bin/env", List.of("env")).fd(pipe.write(), 1), pipe)).isEmpty();
        }
    }

    @Test
    void childHasTheVariablesAndArgumentsItWasGiven() throws Exception {
        String large = "L=" + "x".repeat(30_000);
        for (List<String> environment : List.of(List.of("A=1", "B=two words"), List.of("A=1", large),
                List.of(large, large.replace('L', 'M')))) {
            try (FileIo.Pipe pipe = FileIo.pipe2(0)) {
                Spawn env = Spawn.of("/bin/sh", List.of("sh", "-c", "echo \"$@\"; exec env -u PWD", "sh", "x", "", "y z"));
                String output = run(env.environment(environment).fd(pipe.write(), 1), pipe);
                assertThat(output.lines()).contains("x  y z").containsAll(environment);
            }
        }
    }

    @Test
    void childHasOnlyTheDescriptorsItWasGiven() throws Exception {
        try (FileIo.Pipe pipe = FileIo.pipe2(0); Fd other = Syscall.open("/etc/hostname", Fcntl.O_RDONLY, 0)) {
            Spawn ls = Spawn.of("/bin/ls", List.of("ls", "/proc/self/fd")).fd(pipe.write(), 1).fd(other, 7);
            // 0 is the directory that ls reads
            assertThat(run(ls, pipe)).isEqualTo("0\n1\n7\n");
        }
    }

    @Test
    void descriptorsThatStandInEachOthersPlaceAreSwapped() throws Exception {
        try (FileIo.Pipe pipe = FileIo.pipe2(0);
                Fd a = Syscall.open("/etc/hostname", Fcntl.O_RDONLY, 0);
                Fd b = Syscall.open("/etc/passwd", Fcntl.O_RDONLY, 0)) {
            Spawn spawn = Spawn.of("/bin/sh", List.of("sh", "-c", "readlink /proc/self/fd/" + a.number() + " /proc/self/fd/" + b.number()));
            String output = run(spawn.fd(pipe.write(), 1).fd(a, b.number()).fd(b, a.number()), pipe);
            assertThat(output).isEqualTo("/etc/passwd\n/etc/hostname\n");
        }
    }

    @Test
    void descriptorCanKeepItsNumber() throws Exception {
        try (FileIo.Pipe pipe = FileIo.pipe2(0); Fd a = Syscall.open("/etc/hostname", Fcntl.O_RDONLY, 0)) {
            Spawn spawn = Spawn.of("/bin/readlink", List.of("readlink", "/proc/self/fd/" + a.number()));
            assertThat(run(spawn.fd(pipe.write(), 1).fd(a, a.number()), pipe)).isEqualTo("/etc/hostname\n");
        }
    }

    @Test
    void childHasDefaultSignalsAndAnEmptyMask() throws Exception {
        try (FileIo.Pipe pipe = FileIo.pipe2(0)) {
            String status = run(Spawn.of("/bin/cat", List.of("cat", "/proc/self/status")).fd(pipe.write(), 1), pipe);
            assertThat(status).contains("SigBlk:\t0000000000000000\n", "SigIgn:\t0000000000000000\n", "SigCgt:\t0000000000000000\n");
        }
    }

    @Test
    void setsidMakesALeader() throws Exception {
        try (FileIo.Pipe pipe = FileIo.pipe2(0)) {
            String stat = run(Spawn.of("/bin/cat", List.of("cat", "/proc/self/stat")).fd(pipe.write(), 1).setsid(), pipe);
            String[] fields = stat.split(" ");
            assertThat(fields[5]).isEqualTo(fields[0]);
        }
    }

    @Test
    void programRunsFromASealedMemfd() throws Exception {
        try (FileIo.Pipe pipe = FileIo.pipe2(0); Fd memfd = FileIo.memfdCreate("copy")) {
            memfd.writeFully(Files.readAllBytes(Path.of("/bin/echo")));
            Fcntl.addSeals(memfd, Fcntl.F_SEAL_WRITE | Fcntl.F_SEAL_GROW | Fcntl.F_SEAL_SHRINK | Fcntl.F_SEAL_SEAL);
            assertThat(run(Spawn.of(memfd, List.of("echo", "hi")).fd(pipe.write(), 1), pipe)).isEqualTo("hi\n");
        }
    }

    @Test
    void missingProgramIsNamed() {
        assertThatThrownBy(() -> Spawn.of("/bin/nope", List.of("nope")).start()).isInstanceOf(ErrnoException.class)
                .hasMessage("posix_spawn /bin/nope: ENOENT (no such file or directory)");
    }
}
