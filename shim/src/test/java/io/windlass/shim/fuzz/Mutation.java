package io.windlass.shim.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Changes inputs a little: bits, bytes, pieces doubled, moved, dropped, taken from another input, and numbers at their limits. */
final class Mutation {
    private static final int MOST_BYTES = 1 << 18;
    private static final byte[] BYTES = {0, 1, 127, -128, -1, '0', '9', '/', '.', '"', '\'', '{', '}', '[', ']', ',', ':', '=', '\n', '\r',
            ' ', '@', '%', '\\'};
    private static final List<String> TEXTS = List.of("0", "-1", "2147483647", "2147483648", "4294967296", "9223372036854775807",
            "9223372036854775808", "77777777777", "..", "../", "/", "//", ".wh.", ".wh..wh..opq", "null", "true", "[]", "{}", "\\u0000",
            "\u00e9",
            "\ud83d\ude00", "%00", "1e999", "\"\"");

    private final SplittableRandom random;
    private final List<byte[]> corpus;

    Mutation(SplittableRandom random, List<byte[]> corpus) {
        this.random = random;
        this.corpus = corpus;
    }

    byte[] of(byte[] input) {
        byte[] out = input;
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            out = once(out);
        }
        return out.length > MOST_BYTES ? Arrays.copyOf(out, MOST_BYTES) : out;
    }

    private byte[] once(byte[] in) {
        int at = in.length == 0 ? 0 : random.nextInt(in.length);
        int length = in.length == 0 ? 0 : Math.min(in.length - at, 1 + random.nextInt(random.nextInt(4) == 0 ? 600 : 16));
        byte[] none = {};
        return switch (random.nextInt(9)) {
            case 0 -> in.length == 0 ? in : set(in, at, (byte) (in[at] ^ 1 << random.nextInt(8)));
            case 1 -> in.length == 0 ? in : set(in, at, BYTES[random.nextInt(BYTES.length)]);
            case 2 -> in.length == 0 ? in : set(in, at, (byte) random.nextInt(256));
            case 3 -> replace(in, at, length, none);
            case 4 -> replace(in, at, 0, Arrays.copyOfRange(in, at, at + length));
            case 5 -> replace(in, in.length == 0 ? 0 : random.nextInt(in.length), 0, Arrays.copyOfRange(in, at, at + length));
            case 6 -> replace(in, at, random.nextBoolean() ? 0 : Math.min(length, 8),
                    TEXTS.get(random.nextInt(TEXTS.size())).getBytes(StandardCharsets.UTF_8));
            case 7 -> replace(in, at, length, piece());
            default -> Arrays.copyOf(in, at);
        };
    }

    private byte[] piece() {
        byte[] other = corpus.get(random.nextInt(corpus.size()));
        int from = other.length == 0 ? 0 : random.nextInt(other.length);
        return Arrays.copyOfRange(other, from, Math.min(other.length, from + 1 + random.nextInt(600)));
    }

    private static byte[] set(byte[] in, int at, byte value) {
        byte[] out = in.clone();
        out[at] = value;
        return out;
    }

    private static byte[] replace(byte[] in, int at, int length, byte[] by) {
        byte[] out = new byte[in.length - length + by.length];
        System.arraycopy(in, 0, out, 0, at);
        System.arraycopy(by, 0, out, at, by.length);
        System.arraycopy(in, at + length, out, at + by.length, in.length - at - length);
        return out;
    }
}
