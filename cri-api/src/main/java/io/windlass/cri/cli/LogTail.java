package io.windlass.cri.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** Prints a container's log file from where it last stopped; knows a file that was rotated away and made anew. */
final class LogTail implements AutoCloseable {

    private static final int CHUNK = 1 << 16;

    private final Path path;
    private final Output out;
    private final boolean times;
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
    private RandomAccessFile file;

    /** A tail that starts at the file's beginning. */
    LogTail(Path path, Output out, boolean times) throws IOException {
        this.path = path;
        this.out = out;
        this.times = times;
        this.file = new RandomAccessFile(path.toFile(), "r");
    }

    /** Prints only the last lines of what is there. */
    void printLast(long lines) throws IOException {
        Deque<byte[]> last = new ArrayDeque<>();
        read(line -> {
            last.addLast(line);
            if (last.size() > lines) {
                last.removeFirst();
            }
        });
        last.forEach(this::print);
        out.flush();
    }

    /** Prints what has been written since. */
    void printNew() throws IOException {
        read(this::print);
        if (isReplaced()) {
            file.close();
            file = new RandomAccessFile(path.toFile(), "r");
            read(this::print);
        }
        out.flush();
    }

    private boolean isReplaced() throws IOException {
        return Files.exists(path) && Files.size(path) < file.getFilePointer();
    }

    private void read(Consumer<byte[]> lines) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int count = file.read(chunk); count > 0; count = file.read(chunk)) {
            int start = 0;
            for (int i = 0; i < count; i++) {
                if (chunk[i] == '\n') {
                    partial.write(chunk, start, i - start);
                    lines.accept(partial.toByteArray());
                    partial.reset();
                    start = i + 1;
                }
            }
            partial.write(chunk, start, count - start);
        }
    }

    private void print(byte[] bytes) {
        LogLine line = LogLine.parse(bytes);
        PrintStream to = line.stderr() ? out.err() : out.out();
        if (times) {
            to.print(line.time() + " ");
        }
        to.write(line.text(), 0, line.text().length);
        if (line.ends()) {
            to.write('\n');
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
