package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Parts of files that this process has mapped and only reads. Their pages are the kernel's page cache: given back, they no longer count as memory
 * of this process, and what is touched again comes back by a minor fault.
 *
 * <p>
 * Only for mappings that stay as long as the process does: whatever came to lie at their addresses later would lose its content.
 */
public final class FilePages {
    private static final int MADV_DONTNEED = 4;
    private static final int FIELDS = 6;

    private record Range(long start, long length) {}

    private final List<Range> ranges;

    private FilePages(List<Range> ranges) {
        this.ranges = List.copyOf(ranges);
    }

    /**
     * Finds what this process has mapped of these files. Left out is what can be written, and what was before it became read-only, as the
     * linker's tables: pages of it are copies, which no file has.
     *
     * @param files tells by its path whether a file's mappings stay
     */
    public static FilePages mapped(Predicate<String> files) throws IOException {
        return parse(Files.readAllLines(Path.of("/proc/self/smaps")), files);
    }

    /** Finds the same in lines of {@code /proc/PID/smaps}, see proc_pid_smaps(5). */
    static FilePages parse(List<String> smaps, Predicate<String> files) {
        List<Range> clean = new ArrayList<>();
        Range mapping = null;
        for (String line : smaps) {
            String[] fields = line.split(" +", FIELDS);
            if (!fields[0].endsWith(":")) {
                mapping = range(fields, files);
            } else if (fields[0].equals("Anonymous:") && fields[1].equals("0") && mapping != null) {
                clean.add(mapping);
            }
        }
        return new FilePages(clean);
    }

    /** Keeps the pages of a mapping in memory, so that nothing that writes there waits or fails. See mlock(2). */
    public static void lock(MappedByteBuffer mapping) throws IOException {
        if (Libc.mlock(mapping, mapping.capacity()) < 0) {
            throw new ErrnoException("mlock of " + mapping.capacity() + " bytes", Libc.errno());
        }
    }

    private static @Nullable Range range(String[] fields, Predicate<String> files) {
        if (fields.length < FIELDS || fields[1].charAt(1) == 'w' || !files.test(fields[5])) {
            return null;
        }
        int dash = fields[0].indexOf('-');
        long start = Long.parseUnsignedLong(fields[0], 0, dash, 16);
        return new Range(start, Long.parseUnsignedLong(fields[0], dash + 1, fields[0].length(), 16) - start);
    }

    /** Gives all of them back: MADV_DONTNEED of madvise(2). */
    public void giveBack() throws IOException {
        for (Range range : ranges) {
            if (Libc.madvise(range.start(), range.length(), MADV_DONTNEED) < 0) {
                throw new ErrnoException("madvise " + Long.toHexString(range.start()), Libc.errno());
            }
        }
    }

    @Override
    public String toString() {
        return ranges.stream().map(range -> Long.toHexString(range.start()) + "+" + Long.toHexString(range.length())).toList().toString();
    }
}
