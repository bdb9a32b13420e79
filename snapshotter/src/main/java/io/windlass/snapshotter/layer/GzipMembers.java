package io.windlass.snapshotter.layer;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * A gzip stream of any number of members. The JDK's class calls itself for each one that is empty, and some thousand of them, a few
 * kilobytes, use up the stack: here its inner call returns at once, and is made anew from outside. See RFC 1952, section 2.2.
 */
final class GzipMembers extends GZIPInputStream {
    private boolean reading;

    GzipMembers(InputStream in, int buffer) throws IOException {
        super(in, buffer);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (reading) {
            return 0;
        }
        int count;
        do {
            reading = true;
            try {
                count = super.read(bytes, offset, length);
            } finally {
                reading = false;
            }
        } while (count == 0 && length > 0);
        return count;
    }
}
