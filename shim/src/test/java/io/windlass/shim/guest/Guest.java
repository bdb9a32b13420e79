package io.windlass.shim.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A kernel of its own as a process of this machine: user-mode-linux, Debian's package user-mode-linux. It sees this machine's files as they are,
 * has /dev, /run, /proc, /sys, a cgroup2, a loopback and a clock of its own, runs one Java program as root, and halts.
 */
public final class Guest {
    private static final Path KERNEL = Path.of("/usr/bin/linux.uml");
    private static final String DONE = "the program has ended with ";

    /**
     * @param code the program's exit code
     * @param output of the kernel and the program
     */
    public record Result(int code, String output) {}

    private Guest() {}

    public static boolean isThere() {
        return Files.isExecutable(KERNEL);
    }

    /**
     * @param directory where the guest's console and first program lie
     * @param arguments of the Java program: properties of the JVM, the main class, and what it takes
     */
    public static Result java(Path directory, List<String> arguments, Duration timeout) throws IOException, InterruptedException {
        return java(directory, List.of(), arguments, timeout);
    }

    /** @param parameters more of the kernel's, see its kernel-parameters.txt */
    public static Result java(Path directory, List<String> parameters, List<String> arguments, Duration timeout)
            throws IOException, InterruptedException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Path init = Files.writeString(directory.resolve("init"), """
                #!/bin/sh
                PATH=/usr/sbin:/usr/bin:/sbin:/bin
                export PATH
                mount -t proc proc /proc && mount -t sysfs sysfs /sys && mount -t cgroup2 cgroup2 /sys/fs/cgroup
                mount -t tmpfs tmpfs /run && ip link set lo up
                mount -t securityfs securityfs /sys/kernel/security
                busybox insmod /usr/lib/uml/modules/*/kernel/fs/overlayfs/overlay.ko
                cd "%s"
                "%s" -Djava.io.tmpdir=/run -Djna.tmpdir=/run -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -cp "%s" %s
                echo "%s$?"
                echo o > /proc/sysrq-trigger
                sleep 10
                """.formatted(Path.of("").toAbsolutePath(), Path.of(System.getProperty("java.home"), "bin/java"), classPath,
                String.join(" ", arguments), DONE));
        Files.setPosixFilePermissions(init, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path console = directory.resolve("console");
        List<String> command = new ArrayList<>(List.of(KERNEL.toString(), "mem=1G", "rootfstype=hostfs", "rootflags=/", "rw",
                "init=" + init, "quiet", "con=null", "con0=null,fd:1"));
        command.addAll(parameters);
        Process kernel = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(console.toFile()).start();
        kernel.getOutputStream().close();
        boolean halted = kernel.waitFor(timeout.toSeconds(), TimeUnit.SECONDS);
        if (!halted) {
            kernel.descendants().forEach(ProcessHandle::destroyForcibly);
            kernel.destroyForcibly().waitFor();
        }
        String output = Files.readString(console, StandardCharsets.ISO_8859_1);
        int end = output.lastIndexOf(DONE);
        if (end < 0) {
            return new Result(-1, output + (halted ? "\nthe guest halted before its time" : "\nthe guest took longer than " + timeout));
        }
        return new Result(Integer.parseInt(output.substring(end + DONE.length()).lines().findFirst().orElse("-1").strip()), output);
    }
}
