package io.windlass.snapshotter.layer;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Text;
import java.nio.charset.StandardCharsets;

/**
 * A name from a tar stream, relative to the layer's root and without {@code .} and empty components. It is a string of one character a byte, which can
 * be compared and is turned back without loss.
 *
 * @param parent the directory, empty for the root
 * @param base the last component, empty for the root itself
 */
record EntryPath(String parent, String base) {

    /** Reads a name. An absolute one is taken from the root; one with {@code ..} is refused. */
    static EntryPath of(byte[] name) throws ImageException {
        String raw = new String(name, StandardCharsets.ISO_8859_1);
        StringBuilder clean = new StringBuilder(raw.length());
        int lastSlash = 0;
        int at = 0;
        while (at <= raw.length()) {
            int slash = raw.indexOf('/', at);
            int end = slash < 0 ? raw.length() : slash;
            if (end - at == 2 && raw.startsWith("..", at)) {
                throw new ImageException(Kind.INVALID_ARGUMENT,
                        "the layer's entry \"" + Text.shorten(new String(name, StandardCharsets.UTF_8)) + "\" has .. in its name");
            }
            if (end > at && !(end - at == 1 && raw.charAt(at) == '.')) {
                lastSlash = clean.length();
                clean.append(clean.isEmpty() ? "" : "/").append(raw, at, end);
            }
            at = end + 1;
        }
        String path = clean.toString();
        return path.indexOf('/') < 0 ? new EntryPath("", path) : new EntryPath(path.substring(0, lastSlash), path.substring(lastSlash + 1));
    }

    /** Returns the whole path. */
    String path() {
        return parent.isEmpty() ? base : parent + "/" + base;
    }

    /** Returns the bytes of {@code path} as {@link #of} read them; {@code .} for the root. */
    static byte[] bytes(String path) {
        return (path.isEmpty() ? "." : path).getBytes(StandardCharsets.ISO_8859_1);
    }
}
