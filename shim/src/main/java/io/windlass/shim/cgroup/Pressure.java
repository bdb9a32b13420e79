package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Pressure stall data of one resource: shares of time, and sums, in which some or all processes stood still for it. See the kernel's
 * accounting/psi.rst.
 */
public record Pressure(Line some, Line full) {
    private static final Line NONE = new Line(0, 0, 0, 0);

    /** The data of all three resources. */
    public record All(Pressure cpu, Pressure memory, Pressure io) {}

    /**
     * @param average10 percent over the last 10 seconds
     * @param average60 percent over the last 60 seconds
     * @param average300 percent over the last 300 seconds
     * @param totalMicros microseconds since the cgroup was made
     */
    public record Line(double average10, double average60, double average300, long totalMicros) {}

    /** Reads all three; empty where the kernel does not keep them for this directory. */
    static Optional<All> read(Path directory) throws IOException {
        try {
            return Optional
                    .of(new All(parse(ControlFile.read(directory, "cpu.pressure")), parse(ControlFile.read(directory, "memory.pressure")),
                            parse(ControlFile.read(directory, "io.pressure"))));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.EOPNOTSUPP) {
                return Optional.empty();
            }
            throw e;
        }
    }

    static Pressure parse(byte[] file) {
        Line some = NONE;
        Line full = NONE;
        for (String line : new String(file, StandardCharsets.US_ASCII).split("\n")) {
            String[] f = line.split(" ");
            if (f.length == 5) {
                Line parsed = new Line(average(f[1]), average(f[2]), average(f[3]), Long.parseLong(f[4].substring(f[4].indexOf('=') + 1)));
                if (f[0].equals("some")) {
                    some = parsed;
                } else {
                    full = parsed;
                }
            }
        }
        return new Pressure(some, full);
    }

    private static double average(String field) {
        return Double.parseDouble(field.substring(field.indexOf('=') + 1));
    }
}
