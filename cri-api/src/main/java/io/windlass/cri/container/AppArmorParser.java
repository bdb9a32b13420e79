package io.windlass.cri.container;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Loads profiles into the kernel, for which they have to be compiled. See apparmor_parser(8). */
final class AppArmorParser {
    private static final int TIMEOUT_SECONDS = 30;
    private static final int MAX_OUTPUT = 4096;

    private final List<String> command;

    AppArmorParser() {
        this(List.of("apparmor_parser"));
    }

    /** @param command what runs the program */
    AppArmorParser(List<String> command) {
        this.command = List.copyOf(command);
    }

    /**
     * Loads a profile, also in place of one of its name.
     *
     * @throws IOException where the program is absent, takes longer than 30 s, or refuses the profile; it says so
     */
    void load(byte[] profile) throws IOException {
        var process = start();
        try {
            try (var input = process.getOutputStream()) {
                input.write(profile);
            }
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(command.getFirst() + " took longer than " + TIMEOUT_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(command.getFirst() + " ended with " + process.exitValue() + ": "
                        + new String(process.getInputStream().readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8).strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + command.getFirst() + " ran");
        } finally {
            process.destroy();
        }
    }

    private Process start() throws IOException {
        var whole = new ArrayList<>(command);
        whole.add("-Kr"); // without a cache, also in place of another
        try {
            return new ProcessBuilder(whole).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException(command.getFirst() + " cannot be run: install the package apparmor", e);
        }
    }
}
