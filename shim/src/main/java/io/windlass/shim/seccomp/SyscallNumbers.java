package io.windlass.shim.seccomp;

import io.windlass.shim.spec.Seccomp.Abi;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The numbers of system calls by name, of each ABI. */
final class SyscallNumbers {
    /** The bit that tells a call of x32 from one of x86-64, see syscall(2). */
    static final int X32_BIT = 0x40000000;

    /** Where ARM keeps calls of its own, far above all others. */
    static final int ARM_PRIVATE = 0xf0000;

    private static final String RESOURCE = "syscalls.tsv";
    private static final Map<String, int[]> NUMBERS = read();

    private SyscallNumbers() {}

    /** Returns the number as a filter sees it, or -1 if the ABI has no such call. */
    static int of(Abi abi, String name) {
        int[] row = NUMBERS.get(name);
        int number = row == null ? -1 : row[column(abi)];
        return number >= 0 && abi == Abi.X32 ? number | X32_BIT : number;
    }

    /** Returns all names of an ABI with their numbers. */
    static Map<String, Integer> all(Abi abi) {
        Map<String, Integer> all = new HashMap<>();
        for (String name : NUMBERS.keySet()) {
            int number = of(abi, name);
            if (number >= 0) {
                all.put(name, number);
            }
        }
        return all;
    }

    private static int column(Abi abi) {
        return switch (abi) {
            case X86_64 -> 0;
            case X86 -> 1;
            case X32 -> 2;
            case AARCH64 -> 3;
            case ARM -> 4;
        };
    }

    private static Map<String, int[]> read() {
        Map<String, int[]> numbers = new HashMap<>();
        try (InputStream in = SyscallNumbers.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the program");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#") && !line.startsWith("name\t")) {
                    String[] fields = line.split("\t");
                    int[] row = new int[fields.length - 1];
                    for (int i = 0; i < row.length; i++) {
                        row[i] = fields[i + 1].equals("-") ? -1 : Integer.parseInt(fields[i + 1]);
                    }
                    numbers.put(fields[0], row);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return numbers;
    }
}
