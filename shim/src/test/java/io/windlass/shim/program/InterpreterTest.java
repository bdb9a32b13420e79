package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

class InterpreterTest {
    @TempDir
    Path directory;

    private static String tool(Architecture architecture, String name) {
        return architecture == Architecture.current() ? name : architecture.label() + "-linux-gnu-" + name;
    }

    private static boolean present(String tool) {
        return Files.isExecutable(Path.of("/usr/bin", tool));
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void isWhatItsListingAssemblesTo(Architecture architecture) throws Exception {
        assumeThat(present(tool(architecture, "as"))).as("binutils for " + architecture).isTrue();
        Path listing = directory.resolve("i.S");
        try (var in = InterpreterTest.class.getResourceAsStream("interpreter-" + architecture.label() + ".S")) {
            assertThat(in).isNotNull();
            Files.copy(in, listing);
        }
        Path object = directory.resolve("i.o");
        Path code = directory.resolve("i.bin");
        assertThat(run(tool(architecture, "as"), "-o", object.toString(), listing.toString())).isZero();
        assertThat(run(tool(architecture, "objcopy"), "-O", "binary", "-j", ".text", object.toString(), code.toString())).isZero();
        assertThat(ShimImage.interpreter(architecture)).isEqualTo(Files.readAllBytes(code)).hasSizeLessThan(400);
    }

    /** Runs a program under the interpreter, natively or by qemu, and gives what it wrote to the report descriptor. */
    private byte[] interpret(Architecture architecture, SyscallProgram program) throws Exception {
        Path elf = Files.write(directory.resolve("shim-" + architecture), ShimImage.elf(architecture));
        Files.setPosixFilePermissions(elf, PosixFilePermissions.fromString("rwx------"));
        Path code = Files.write(directory.resolve("program"), program.code());
        Path report = directory.resolve("report-" + architecture);
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" 3>" + report + " 4<" + code, "sh"));
        if (architecture != Architecture.current()) {
            assumeThat(present("qemu-" + architecture.label() + "-static")).as("qemu-user-static").isTrue();
            command.add("qemu-" + architecture.label() + "-static");
        }
        command.add(elf.toString());
        run(command.toArray(String[]::new));
        return Files.readAllBytes(report);
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void storesResultsTestsMemoryAndJumps(Architecture architecture) throws Exception {
        ProgramBuilder p = new ProgramBuilder(architecture);
        Operand.Result file = p.keep("null", "open", Sys.OPENAT, Flags.AT_FDCWD, new Text("/dev/null"), Flags.O_RDONLY);
        Label absent = p.label("absent");
        Label equal = p.label("equal");
        p.branch(ProgramBuilder.errors(Flags.ENOENT), absent, "open", Sys.OPENAT, Flags.AT_FDCWD, new Text("/nope"), Flags.O_RDONLY);
        p.refuse("not reached");
        p.here(absent);
        p.ignore("close nothing", Sys.CLOSE, Value.of(-1));
        Room memory = Structs.words("memory", 0x1234_5678L);
        p.test(memory.address(), 0xff00, 0x5600, equal);
        Label child = p.label("zero");
        p.onZero(Room.zero("closed", 8).address(), 0, child, "close", Sys.CLOSE, file);
        p.here(equal);
        p.refuse("not reached either");
        p.here(child);
        p.call("write", Sys.WRITE, Value.of(3), new Text("fine"), Value.of(4));
        p.call("exit", Sys.EXIT_GROUP, Flags.ZERO);
        assertThat(interpret(architecture, p.build())).asString().isEqualTo("fine");
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void reportsTheStepThatFails(Architecture architecture) throws Exception {
        ProgramBuilder p = new ProgramBuilder(architecture);
        p.call("umask", Sys.UMASK, Value.of(0));
        p.call("open /nope", Sys.OPENAT, Flags.AT_FDCWD, new Text("/nope"), Flags.O_RDONLY);
        SyscallProgram program = p.build();
        ByteBuffer report = ByteBuffer.wrap(interpret(architecture, program)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(report.remaining()).isEqualTo(16);
        assertThat(program.what(program.stepAt(report.getLong(0)))).isEqualTo("open /nope");
        assertThat(report.getLong(8)).isEqualTo(-2);
    }

    @Test
    void imageIsOneSmallFile() {
        assertThat(ShimImage.elf(Architecture.X86_64)).hasSizeLessThan(600);
        assertThat(ShimImage.elf(Architecture.AARCH64)).hasSizeLessThan(600);
    }
}
