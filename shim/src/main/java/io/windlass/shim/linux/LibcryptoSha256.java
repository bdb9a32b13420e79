package io.windlass.shim.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;

/**
 * SHA-256 by OpenSSL's libcrypto, which has the processor's instructions for it. This Java's own has them only in code of its second compiler, which
 * the daemon goes without: by that of the first it takes more than ten times as long. See SHA256_Init(3ossl).
 */
public final class LibcryptoSha256 extends MessageDigest {
    private static final List<String> NAMES = List.of("libcrypto.so.3", "libcrypto.so.1.1");
    private static final boolean PRESENT = load();

    private static final int BYTES = 32;
    /** At least a SHA256_CTX: 28 words. */
    private static final int STATE = 128;
    private static final int PIECE = 1 << 14;

    private final ByteBuffer state = ByteBuffer.allocateDirect(STATE);
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    private final long pieceAddress = Libc.address(piece);

    /** A new hash, where the library {@link #isPresent()}. */
    public LibcryptoSha256() {
        super("SHA-256");
        engineReset();
    }

    private static native int SHA256_Init(ByteBuffer state);

    private static native int SHA256_Update(ByteBuffer state, long data, long count);

    private static native int SHA256_Final(byte[] digest, ByteBuffer state);

    private static boolean load() {
        for (String name : NAMES) {
            try {
                Native.register(LibcryptoSha256.class, NativeLibrary.getInstance(name));
                return true;
            } catch (UnsatisfiedLinkError e) { // not this one
                continue;
            }
        }
        return false;
    }

    /** Whether this machine has the library. */
    public static boolean isPresent() {
        return PRESENT;
    }

    @Override
    protected int engineGetDigestLength() {
        return BYTES;
    }

    @Override
    protected void engineUpdate(byte input) {
        engineUpdate(new byte[]{input}, 0, 1);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
        for (int done = 0; done < length; done += piece.capacity()) {
            int count = Math.min(length - done, piece.capacity());
            piece.put(0, input, offset + done, count);
            SHA256_Update(state, pieceAddress, count);
        }
    }

    @Override
    protected byte[] engineDigest() {
        byte[] digest = new byte[BYTES];
        SHA256_Final(digest, state);
        engineReset();
        return digest;
    }

    @Override
    protected void engineReset() {
        SHA256_Init(state);
    }
}
