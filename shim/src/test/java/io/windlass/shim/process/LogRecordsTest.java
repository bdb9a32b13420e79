package io.windlass.shim.process;

import io.windlass.shim.process.ContainerLog.Stream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class LogRecordsTest {
    private static final String TIME = "2026-01-02T03:04:05.000000006Z";

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
            "one line;|F one line;",
            "abc|P abc",
            ";|F ;",
            ";;|F ;F ;",
            "a;b|F a;P b",
            "12345678;|F 12345678;",
            "1234567890;|F 1234567890;",
            "12345678901;|P 1234567890F 1;",
            "123456789012345678901;x;|P 1234567890P 1234567890F 1;F x;",
            "1234567890|P 1234567890",
    })
    void partsWhatWasReadIntoRecords(String read, String records) {
        assertThat(format(read.replace(';', '\n'), 10, 4096)).isEqualTo(expected(records));
    }

    @ParameterizedTest
    @CsvSource({"51", "60", "64", "128"})
    void goesOnWhereTheRoomEnded(int room) {
        assertThat(format("ab\ncd\nef\n", 10, room)).isEqualTo(expected("F ab;F cd;F ef;"));
    }

    /** With bytes around it that differ from a newline by one bit, or by one. */
    @Test
    void findsANewlineAtEveryPlaceOfALongLine() {
        for (int place = 0; place < 100; place++) {
            String line = "\u000b\b".repeat(50).substring(0, place);
            String rest = "\u000b\t\u000e".repeat(40);
            assertThat(format(line + "\n" + rest, 200, 4096)).as("at " + place)
                    .isEqualTo(TIME + " stderr F " + line + "\n" + TIME + " stderr P " + rest + "\n");
        }
    }

    private static String expected(String records) {
        return records.replaceAll("([PF]) ([^;PF]*);?", TIME + " stderr $1 $2\n");
    }

    private static String format(String read, int maxLine, int room) {
        LogRecords records = new LogRecords(maxLine);
        records.start(Stream.ERR, Instant.parse(TIME));
        byte[] in = ("before" + read).getBytes(StandardCharsets.UTF_8);
        StringBuilder all = new StringBuilder();
        for (int at = "before".length(); at < in.length; at = records.taken()) {
            byte[] out = new byte[room];
            assertThat(records.format(in, at, in.length, out)).isPositive();
            all.append(new String(out, 0, records.made(), StandardCharsets.UTF_8));
        }
        return all.toString();
    }
}
