package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * A checksum as the last member of a record's JSON object: {@code {…,"crc32c":"1a2b3c4d"}}, over all bytes before its comma.
 *
 * <p>
 * JSON alone does not show that a digit of it changed on the disk. The file stays JSON for every reader.
 */
public final class RecordSeal {
    private static final byte[] BEGIN = ",\"crc32c\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\"}".getBytes(StandardCharsets.US_ASCII);
    private static final int UNSEALED = 1;
    private static final int DIGITS = 8;
    private static final int LENGTH = BEGIN.length + DIGITS + END.length;

    private RecordSeal() {}

    /** Returns the object, which has members and ends with its brace, with the checksum added. */
    public static byte[] seal(byte[] object) {
        if (object.length < 3 || object[object.length - 1] != '}') {
            throw new IllegalArgumentException("a record that is no JSON object with members");
        }
        int body = object.length - 1;
        byte[] sealed = Arrays.copyOf(object, body + LENGTH);
        System.arraycopy(BEGIN, 0, sealed, body, BEGIN.length);
        System.arraycopy(sum(object, body).getBytes(StandardCharsets.US_ASCII), 0, sealed, body + BEGIN.length, DIGITS);
        System.arraycopy(END, 0, sealed, body + BEGIN.length + DIGITS, END.length);
        return sealed;
    }

    /**
     * Checks what was read.
     *
     * @throws IOException when the checksum is absent or another one
     */
    public static void check(byte[] record) throws IOException {
        int body = record.length - LENGTH;
        int digits = body + BEGIN.length;
        if (body < 2 || !Arrays.equals(record, body, digits, BEGIN, 0, BEGIN.length)
                || !Arrays.equals(record, digits + DIGITS, record.length, END, 0, END.length)) {
            throw new IOException("the record has no checksum at its end");
        }
        String found = new String(record, digits, DIGITS, StandardCharsets.US_ASCII);
        String right = sum(record, body);
        if (!found.equals(right)) {
            throw new IOException("the record's checksum is " + right + ", not the one it ends with");
        }
    }

    /**
     * Checks a record by its version: the first, and no other, has no checksum.
     *
     * @throws IOException as {@link #check(byte[])}
     */
    public static void check(byte[] record, long version) throws IOException {
        if (version != UNSEALED) {
            check(record);
        }
    }

    /** Returns the CRC-32C of the first bytes, as eight digits. */
    public static String sum(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
