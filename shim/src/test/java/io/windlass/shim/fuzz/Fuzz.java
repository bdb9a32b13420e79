package io.windlass.shim.fuzz;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * Gives a parser what nobody would write: seeds, mutations of seeds, and mutations of those that made it answer something new. What it answers is
 * the only guide, so that no code needs to be instrumented.
 *
 * <p>
 * Inputs that once did harm are kept as {@code src/test/resources/fuzz/NAME/*} and run first, always. A run of {@code -Dfuzz.seconds} a target, 1
 * without it, from the start {@code -Dfuzz.seed}.
 *
 * <pre>{@code
 * Fuzz.run("reference", List.of(seed), input -> {
 *     try {
 *         return Reference.parse(text(input)).path().length();
 *     } catch (ImageException e) {
 *         return e.getMessage();
 *     }
 * });
 * }</pre>
 */
public final class Fuzz {
    private static final Path KEPT = Path.of("src/test/resources/fuzz");
    private static final Path FOUND = Path.of("target/fuzz");
    /** So many in the usual tests, always the same ones: a faster machine finds nothing new. */
    private static final int USUAL_RUNS = 10_000;
    /** Of the processor: a machine with much else to do is no finding. */
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int MOST_ANSWERS = 4000;
    private static final int MOST_CHARS = 60;

    /** What is tried. Anything thrown is a finding. */
    @FunctionalInterface
    public interface Target {
        /** Returns what may tell one way through the code from another: a message, a number of elements. */
        Object run(byte[] input) throws Exception;
    }

    private final String name;
    private final Target target;
    private final Set<String> answers = new HashSet<>();
    private final List<byte[]> corpus = new ArrayList<>();
    private final SplittableRandom random;
    private long runs;

    private Fuzz(String name, Target target, long seed) {
        this.name = name;
        this.target = target;
        this.random = new SplittableRandom(seed);
    }

    /** Runs until the time is over; an AssertionError names the input that did harm, and where it is kept. */
    public static void run(String name, List<byte[]> seeds, Target target) throws IOException {
        long seed = Long.getLong("fuzz.seed", 1);
        Fuzz fuzz = new Fuzz(name, target, seed);
        fuzz.runKept();
        seeds.forEach(fuzz::seed);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("fuzz.seconds", 1));
        Mutation mutation = new Mutation(fuzz.random, fuzz.corpus);
        long most = Long.getLong("fuzz.seconds") == null ? USUAL_RUNS : Long.MAX_VALUE;
        while (System.nanoTime() < end && fuzz.runs < most) {
            fuzz.attempt(mutation.of(fuzz.corpus.get(fuzz.random.nextInt(fuzz.corpus.size()))));
        }
        System.out.println("fuzz " + name + ": seed " + seed + ", " + fuzz.runs + " runs, " + fuzz.answers.size() + " answers, "
                + fuzz.corpus.size() + " inputs");
    }

    private void runKept() throws IOException {
        Path directory = KEPT.resolve(name);
        if (Files.isDirectory(directory)) {
            try (var files = Files.list(directory)) {
                for (Path file : files.sorted().toList()) {
                    seed(Files.readAllBytes(file));
                }
            }
        }
    }

    private void seed(byte[] input) {
        attempt(input);
        corpus.add(input);
    }

    private void attempt(byte[] input) {
        runs++;
        long begin = THREADS.getCurrentThreadCpuTime();
        Object answer;
        try {
            answer = target.run(input);
        } catch (Throwable e) {
            throw new AssertionError(name + " threw " + e + " on " + keep(input), e);
        }
        long used = THREADS.getCurrentThreadCpuTime() - begin;
        if (used > SLOW_NANOS) {
            throw new AssertionError(name + " took " + used / 1_000_000 + " ms of the processor for " + keep(input));
        }
        if (answers.size() < MOST_ANSWERS && answers.add(generalised(answer))) {
            corpus.add(input);
        }
    }

    /** Without digits and quoted parts, which come from the input. */
    private static String generalised(Object answer) {
        String text = String.valueOf(answer).replaceAll("[\"'][^\"']*[\"']", "_").replaceAll("[0-9a-f]{8,}", "#");
        return text.substring(0, Math.min(text.length(), MOST_CHARS));
    }

    private String keep(byte[] input) {
        CRC32C crc = new CRC32C();
        crc.update(input);
        Path file = FOUND.resolve(name).resolve(HexFormat.of().toHexDigits((int) crc.getValue()));
        try {
            Files.createDirectories(FOUND.resolve(name));
            Files.write(file, input);
        } catch (IOException e) {
            return HexFormat.of().formatHex(input) + " (" + e.getMessage() + ")";
        }
        return input.length + " bytes, kept in " + file.toAbsolutePath() + ": once mended, move it to " + KEPT.resolve(name);
    }
}
