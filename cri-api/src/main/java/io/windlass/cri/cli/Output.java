package io.windlass.cri.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a verb writes to.
 *
 * @param out      what was asked for
 * @param err      progress and complaints
 * @param terminal whether err is looked at by a person, so that lines may be drawn anew
 */
record Output(PrintStream out, PrintStream err, boolean terminal) {

    /** The streams of this process. */
    static Output standard() {
        return new Output(stream(FileDescriptor.out), stream(FileDescriptor.err), isTerminal("/proc/self/fd/2"));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }

    /** Asking the C library would mean to load one. */
    static boolean isTerminal(String descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of(descriptor)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    /** Writes a line. */
    void line(String text) {
        out.println(text);
    }

    void flush() {
        out.flush();
        err.flush();
    }
}
