package io.windlass.shim.linux;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Against this Java's own. */
class LibcryptoSha256Test {
    private static final long SEED = 7;
    private static final int MOST = 100_000;

    private final Random random = new Random(SEED);

    @BeforeEach
    void needsTheLibrary() {
        assumeTrue(LibcryptoSha256.isPresent(), "there is no libcrypto");
    }

    @Test
    void ofBytesInPiecesOfEverySize() throws Exception {
        for (int round = 0; round < 50; round++) {
            byte[] bytes = new byte[random.nextInt(MOST)];
            random.nextBytes(bytes);
            MessageDigest hash = new LibcryptoSha256();
            for (int done = 0; done < bytes.length;) {
                int count = Math.min(bytes.length - done, 1 + random.nextInt(MOST / 2));
                switch (random.nextInt(4)) {
                    case 0 -> hash.update(ByteBuffer.wrap(bytes, done, count));
                    case 1 -> hash.update(ByteBuffer.allocateDirect(count).put(0, bytes, done, count));
                    case 2 -> {
                        count = 1;
                        hash.update(bytes[done]);
                    }
                    default -> hash.update(bytes, done, count);
                }
                done += count;
            }
            assertThat(hash.digest()).isEqualTo(MessageDigest.getInstance("SHA-256").digest(bytes));
        }
    }

    @Test
    void oneThatIsFinishedBeginsAnew() throws Exception {
        MessageDigest hash = new LibcryptoSha256();
        hash.update(new byte[MOST]);
        hash.digest();
        assertThat(hash.digest()).isEqualTo(MessageDigest.getInstance("SHA-256").digest());
        hash.update((byte) 1);
        hash.reset();
        assertThat(hash.digest(new byte[]{2})).isEqualTo(MessageDigest.getInstance("SHA-256").digest(new byte[]{2}));
    }
}
