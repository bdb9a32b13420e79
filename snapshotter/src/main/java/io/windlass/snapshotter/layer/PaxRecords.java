package io.windlass.snapshotter.layer;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The records of a pax extended header: {@code "LENGTH KEY=VALUE\n"}. Values are bytes: Go's tar writes names and attributes as they are. See pax(1). */
final class PaxRecords {
    private PaxRecords() {}

    /** Parses into {@code out}; a key that comes again replaces the first, except GNU's pairs of offset and numbytes, which add up to a map. */
    static Map<String, byte[]> parse(byte[] data) throws ImageException {
        Map<String, byte[]> out = new LinkedHashMap<>();
        StringBuilder sparse = new StringBuilder();
        int at = 0;
        while (at < data.length && data[at] != 0) {
            int space = indexOf(data, (byte) ' ', at, Math.min(data.length, at + 20));
            int length = space < 0 ? -1 : (int) TarNumber.decimal(data, at, space);
            int end = at + length;
            int equals = length <= 0 || end > data.length ? -1 : indexOf(data, (byte) '=', space + 1, end);
            if (equals < 0 || data[end - 1] != '\n') {
                throw new ImageException(Kind.INVALID_ARGUMENT, "the layer has a malformed pax header");
            }
            String key = new String(data, space + 1, equals - space - 1, StandardCharsets.UTF_8);
            byte[] value = Arrays.copyOfRange(data, equals + 1, end - 1);
            if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
                sparse.append(sparse.isEmpty() ? "" : ",").append(new String(value, StandardCharsets.US_ASCII));
            } else {
                out.put(key, value);
            }
            at = end;
        }
        if (!sparse.isEmpty()) {
            out.put("GNU.sparse.map", sparse.toString().getBytes(StandardCharsets.US_ASCII));
        }
        return out;
    }

    private static int indexOf(byte[] data, byte wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (data[i] == wanted) {
                return i;
            }
        }
        return -1;
    }
}
