package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Reads mount tables. See proc_pid_mountinfo(5). */
public final class Mounts {
    private static final int MAX_TABLE = 64 * 1024 * 1024;

    private Mounts() {}

    /** Returns the mounts that this process sees, in the order they are in the table. */
    public static List<MountPoint> self() throws IOException {
        try (Fd fd = Syscall.open("/proc/self/mountinfo", Fcntl.O_RDONLY, 0)) {
            return parse(fd.readAll(MAX_TABLE));
        }
    }

    /** Shows what each process sees, in whatever mount namespace it is: what several see, as often. Reads the tables of all processes. */
    public static void ofAllProcesses(Consumer<MountPoint> taker) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                table(process).forEach(taker);
            }
        }
    }

    private static List<MountPoint> table(Path process) throws IOException {
        try (Fd fd = Syscall.open(process + "/mountinfo", Fcntl.O_RDONLY, 0)) {
            return parse(fd.readAll(MAX_TABLE));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ESRCH || e.errno() == Errno.EINVAL) {
                return List.of(); // it has ended
            }
            throw e;
        }
    }

    /** Parses a table. Lines that are not understood are left out: a future kernel may add to them. */
    public static List<MountPoint> parse(byte[] table) {
        List<MountPoint> mounts = new ArrayList<>();
        int start = 0;
        for (int at = 0; at < table.length; at++) {
            if (table[at] == '\n') {
                line(table, start, at, mounts);
                start = at + 1;
            }
        }
        if (start < table.length) {
            line(table, start, table.length, mounts);
        }
        return mounts;
    }

    private static void line(byte[] table, int start, int end, List<MountPoint> mounts) {
        List<String> f = new ArrayList<>(12);
        int from = start;
        for (int at = start; at <= end; at++) {
            if (at == end || table[at] == ' ') {
                f.add(unescape(table, from, at));
                from = at + 1;
            }
        }
        int dash = 6;
        while (dash < f.size() && !f.get(dash).equals("-")) {
            dash++;
        }
        if (dash + 3 > f.size() || f.size() < 9) {
            return;
        }
        String superOptions = dash + 3 < f.size() ? f.get(dash + 3) : "";
        try {
            mounts.add(new MountPoint(Integer.parseInt(f.get(0)), Integer.parseInt(f.get(1)), f.get(2), f.get(3), f.get(4), f.get(5),
                    f.subList(6, dash), f.get(dash + 1), f.get(dash + 2), superOptions));
        } catch (NumberFormatException e) {
            return;
        }
    }

    /** Turns {@code \040} and its like back into bytes. */
    private static String unescape(byte[] table, int from, int to) {
        byte[] out = new byte[to - from];
        int n = 0;
        for (int at = from; at < to; at++) {
            byte b = table[at];
            if (b == '\\' && at + 3 < to && octal(table[at + 1]) && octal(table[at + 2]) && octal(table[at + 3])) {
                b = (byte) ((table[at + 1] - '0') << 6 | (table[at + 2] - '0') << 3 | table[at + 3] - '0');
                at += 3;
            }
            out[n++] = b;
        }
        return new String(out, 0, n, StandardCharsets.UTF_8);
    }

    private static boolean octal(byte b) {
        return b >= '0' && b <= '7';
    }
}
