package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RecordSealTest {
    private static final byte[] RECORD = "{\"version\":2,\"createdAt\":17}".getBytes(StandardCharsets.US_ASCII);

    @Test
    void isAMemberOfTheObject() throws IOException {
        byte[] sealed = RecordSeal.seal(RECORD);
        assertThat(new String(sealed, StandardCharsets.US_ASCII)).matches("\\{\"version\":2,\"createdAt\":17,\"crc32c\":\"[0-9a-f]{8}\"}");
        RecordSeal.check(sealed);
    }

    @Test
    void seesEveryBitThatChanged() {
        byte[] sealed = RecordSeal.seal(RECORD);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] changed = sealed.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatExceptionOfType(IOException.class).as("bit " + bit).isThrownBy(() -> RecordSeal.check(changed));
        }
    }

    @Test
    void seesWhatIsMissing() {
        byte[] sealed = RecordSeal.seal(RECORD);
        for (int length = 0; length < sealed.length; length++) {
            byte[] shorter = Arrays.copyOf(sealed, length);
            assertThatExceptionOfType(IOException.class).as(length + " bytes").isThrownBy(() -> RecordSeal.check(shorter));
        }
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> RecordSeal.check(RECORD));
    }

    @Test
    void takesOnlyAnObjectWithMembers() {
        assertThatIllegalArgumentException().isThrownBy(() -> RecordSeal.seal(new byte[]{'{', '}'}));
        assertThatIllegalArgumentException().isThrownBy(() -> RecordSeal.seal("[1,2]".getBytes(StandardCharsets.US_ASCII)));
    }
}
