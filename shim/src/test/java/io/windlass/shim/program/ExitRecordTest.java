package io.windlass.shim.program;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ExitRecordTest {
    private static byte[] file(long status, long seconds, long nanos) {
        return ByteBuffer.allocate(2 * ExitRecord.WORD + ExitRecord.SIZE).order(ByteOrder.LITTLE_ENDIAN).putLong(ExitRecord.HEAD)
                .putLong(ExitRecord.STARTED).putLong(ExitRecord.MAGIC).putLong(status).putLong(seconds).putLong(nanos).array();
    }

    @Test
    void isFoundBehindTheStart() {
        assertThat(ExitRecord.parse(file(5 << 8, 1_700_000_000, 999_999_999)))
                .contains(new ExitRecord(5 << 8, Instant.ofEpochSecond(1_700_000_000, 999_999_999)));
    }

    @ParameterizedTest
    @CsvSource({"1280, 9223372036854775807, 0", "1280, -9223372036854775808, 0", "1280, 9223372036, 0", "1280, 1, -1",
            "1280, 1, 1000000000",
            "65536, 1, 0", "-1, 1, 0"})
    void isNoneWhereItHoldsWhatNoShimWrites(long status, long seconds, long nanos) {
        assertThat(ExitRecord.parse(file(status, seconds, nanos))).isEmpty();
    }
}
