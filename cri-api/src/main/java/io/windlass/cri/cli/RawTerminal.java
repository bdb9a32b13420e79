package io.windlass.cri.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/** The person's terminal while another one, that of a command, shows on it: it passes on every key and echoes none. Closing gives it back. */
final class RawTerminal implements AutoCloseable {
    private final String before;

    private RawTerminal(String before) {
        this.before = before;
    }

    /** Who wants to know the size, now and whenever it changes. */
    @FunctionalInterface
    interface Size {
        void is(int rows, int columns);
    }

    /** The terminal that standard input is; null where it is none. */
    static @Nullable RawTerminal open() throws IOException, InterruptedException {
        if (!Output.isTerminal("/proc/self/fd/0")) {
            return null;
        }
        RawTerminal terminal = new RawTerminal(stty("-g"));
        Runtime.getRuntime().addShutdownHook(new Thread(terminal::close));
        stty("raw", "-echo");
        return terminal;
    }

    void onSize(Size size) {
        Signal.handle(new Signal("WINCH"), signal -> Thread.ofVirtual().start(() -> tell(size)));
        tell(size);
    }

    private static void tell(Size size) {
        try {
            String[] words = stty("size").split(" ", 2);
            size.is(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
        } catch (IOException e) {
            // a terminal that does not tell its size: the command's keeps the one it has
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            stty(before);
        } catch (IOException e) {
            // it is gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String stty(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectInput(Redirect.INHERIT).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException(
                    String.join(" ", command) + ": " + new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        return text;
    }
}
