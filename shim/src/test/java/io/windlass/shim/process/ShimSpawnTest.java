package io.windlass.shim.process;

import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.program.Architecture;
import io.windlass.shim.program.ProgramCompiler;
import io.windlass.shim.program.SyscallProgram;
import io.windlass.shim.spec.NamespaceSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ShimSpawnTest {

    /** As one that could not get the pidfd: it lives, and has told of a process. */
    @Test
    void endsAProgramThatKeepsNothingOfWhatItHasStarted() throws Exception {
        Architecture architecture = Architecture.current();
        SyscallProgram program = new ProgramCompiler(architecture, ProcFile.capabilities())
                .holder(NamespaceSpec.HOST, NamespaceSpec.HOST, NamespaceSpec.HOST);
        try (ShimSpawn spawn = new ShimSpawn(architecture, () -> {
        }, Duration.ofMillis(200)); FileIo.Pipe end = FileIo.pipe2(0)) {
            Map<Integer, Fd> descriptors = Map.of(0, end.read(), 1, spawn.nothing(), 2, spawn.nothing());
            LaunchException failure = catchThrowableOfType(LaunchException.class,
                    () -> spawn.start(program, descriptors, List.of(end.read()), List.of()));
            assertThat(failure).hasMessageMatching("shim \\d+ keeps nothing of what it has started");
            assertThat(Path.of("/proc", String.valueOf(failure.getMessage()).split(" ")[1])).doesNotExist();
        }
    }
}
