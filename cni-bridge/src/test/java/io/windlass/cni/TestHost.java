package io.windlass.cni;

import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A host of its own: a scratch directory and a network namespace, in which a test has bridges and tables without touching the machine's. */
public final class TestHost implements AutoCloseable {
    private final Path directory;
    private final Path pin;
    private final List<Path> pods = new ArrayList<>();

    public TestHost() throws IOException {
        directory = Files.createTempDirectory("wl-cni-");
        pin = directory.resolve("host");
        NetnsFactory.create(pin).close();
    }

    public Path directory() {
        return directory;
    }

    public Path pin() {
        return pin;
    }

    /** Runs work on a thread in this host's namespace. */
    public <T, X extends Exception> T in(NamespaceThread.Work<T, X> work) throws X, IOException {
        return in(pin, work);
    }

    /** Runs work on a thread in a namespace. */
    public static <T, X extends Exception> T in(Path namespace, NamespaceThread.Work<T, X> work) throws X, IOException {
        try (Fd fd = Namespace.NET.open(namespace)) {
            return TestHost.<T, X>inside(fd, work);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T, X extends Exception> T inside(Fd namespace, NamespaceThread.Work<T, X> work) throws X, IOException {
        try {
            return NamespaceThread.<T, Exception>call(() -> {
                Namespace.NET.setns(namespace);
                return work.call();
            });
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw (X) e;
        }
    }

    /** Makes a pod's namespace, to be closed with this host. */
    public Netns pod(String name) throws IOException {
        Path file = directory.resolve("pod-" + name);
        pods.add(file);
        return NetnsFactory.create(file);
    }

    /** Runs a command in this host's namespace and returns what it wrote; fails unless it exits with 0. */
    public String sh(String command) throws IOException {
        return sh(pin, command);
    }

    /** Runs a command in a namespace and returns what it wrote; fails unless it exits with 0. */
    public static String sh(Path namespace, String command) throws IOException {
        Process process = new ProcessBuilder("nsenter", "--net=" + namespace, "sh", "-ec", command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(command + ": " + output);
            }
            return output;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (Path pod : pods) {
            NetnsFactory.remove(pod);
        }
        NetnsFactory.remove(pin);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
