package io.windlass.snapshotter.layer;

import io.windlass.snapshotter.layer.TarEntry.Piece;
import io.windlass.snapshotter.layer.TarEntry.Sparse;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Maps of sparse files in GNU tar's four formats: old GNU headers, and pax 0.0, 0.1 and 1.0. See GNU tar's manual, "Storing Sparse Files". */
final class SparseMap {
    private static final int PIECES = 1 << 16;
    private static final byte[] NONE = new byte[0];

    private final TarInput in;
    private final List<Piece> pieces = new ArrayList<>();
    private long consumed;

    SparseMap(TarInput in) {
        this.in = in;
    }

    /** Returns how many bytes of the entry's own data held the map (format 1.0). */
    long consumed() {
        return consumed;
    }

    /** Reads the map of an old GNU header and of the blocks that continue it, which are not part of the entry's data. */
    Sparse oldGnu(byte[] header) throws IOException {
        long length = TarNumber.field(header, 483, 12);
        table(header, 386, 4);
        boolean more = header[482] != 0;
        byte[] block = new byte[TarReader.BLOCK];
        while (more) {
            if (!in.read(block, block.length)) {
                throw malformed();
            }
            table(block, 0, 21);
            more = block[504] != 0;
        }
        return finish(length);
    }

    private void table(byte[] block, int at, int count) throws ImageException {
        for (int i = 0; i < count && block[at + 24 * i] != 0; i++) {
            add(TarNumber.field(block, at + 24 * i, 12), TarNumber.field(block, at + 24 * i + 12, 12));
        }
    }

    /** Reads a pax map, or returns null when the file is not sparse. */
    @Nullable
    Sparse pax(Map<String, byte[]> pax) throws IOException {
        byte[] map = pax.get("GNU.sparse.map");
        boolean inData = new String(pax.getOrDefault("GNU.sparse.major", NONE), StandardCharsets.US_ASCII).equals("1");
        byte[] length = pax.getOrDefault("GNU.sparse.realsize", pax.getOrDefault("GNU.sparse.size", NONE));
        if (map == null && !inData) {
            return null;
        }
        if (map != null) {
            String[] numbers = new String(map, StandardCharsets.US_ASCII).split(",", -1);
            if (numbers.length % 2 != 0) {
                throw malformed();
            }
            for (int i = 0; i < numbers.length; i += 2) {
                add(number(numbers[i]), number(numbers[i + 1]));
            }
        } else {
            Lines lines = new Lines();
            long count = lines.next();
            for (long i = 0; i < count; i++) {
                add(lines.next(), lines.next());
            }
        }
        return finish(TarNumber.decimal(length));
    }

    private static long number(String text) throws ImageException {
        return TarNumber.decimal(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void add(long offset, long length) throws ImageException {
        if (pieces.size() == PIECES) {
            throw new ImageException(Kind.RESOURCE_EXHAUSTED, "the layer has a sparse file of more than " + PIECES + " pieces");
        }
        pieces.add(new Piece(offset, length));
    }

    private Sparse finish(long length) throws ImageException {
        long at = 0;
        for (Piece piece : pieces) {
            if (piece.offset() < at || piece.length() < 0 || piece.length() > length - piece.offset()) {
                throw malformed();
            }
            at = piece.offset() + piece.length();
        }
        return new Sparse(List.copyOf(pieces), length);
    }

    private static ImageException malformed() {
        return new ImageException(Kind.INVALID_ARGUMENT, "the layer has a sparse file with a malformed map");
    }

    /** Decimal lines in whole blocks. */
    private final class Lines {
        private final byte[] block = new byte[TarReader.BLOCK];
        private int at = TarReader.BLOCK;

        long next() throws IOException {
            long value = 0;
            for (int digits = 0; digits < 19; digits++) {
                if (at == block.length) {
                    if (!in.read(block, block.length)) {
                        throw malformed();
                    }
                    consumed += block.length;
                    at = 0;
                }
                byte c = block[at++];
                if (c == '\n' && digits > 0) {
                    return value;
                }
                if (c < '0' || c > '9') {
                    throw malformed();
                }
                value = value * 10 + c - '0';
            }
            throw malformed();
        }
    }
}
