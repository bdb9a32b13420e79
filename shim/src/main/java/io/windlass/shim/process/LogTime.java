package io.windlass.shim.process;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Writes times as RFC 3339 with nine digits and zone, {@code 2026-01-02T03:04:05.000000006Z}. The part down to the second is kept from call to call. */
final class LogTime {
    /** The length of every time written. */
    static final int BYTES = 30;

    private static final int SECOND_BYTES = 19;
    private static final int DIGITS = 9;

    private final byte[] text = "0000-00-00T00:00:00.000000000Z".getBytes(StandardCharsets.US_ASCII);
    private long second = Long.MIN_VALUE;

    void put(Instant time, ByteBuffer out) {
        if (time.getEpochSecond() != second) {
            second = time.getEpochSecond();
            LocalDateTime date = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
            digits(date.getYear(), 0, 4);
            digits(date.getMonthValue(), 5, 2);
            digits(date.getDayOfMonth(), 8, 2);
            digits(date.getHour(), 11, 2);
            digits(date.getMinute(), 14, 2);
            digits(date.getSecond(), 17, 2);
        }
        digits(time.getNano(), SECOND_BYTES + 1, DIGITS);
        out.put(text);
    }

    private void digits(int value, int at, int count) {
        int rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
