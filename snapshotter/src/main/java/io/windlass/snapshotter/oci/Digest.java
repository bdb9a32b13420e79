package io.windlass.snapshotter.oci;

import io.windlass.shim.linux.LibcryptoSha256;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A content digest, {@code sha256:} and 64 or {@code sha512:} and 128 lower-case hexadecimal digits. Nothing else is accepted: a digest becomes a
 * file name and part of a URL. See the OCI image specification, descriptor.md, "Digests".
 *
 * @param algorithm the hash function
 * @param hex the value, lower case, exactly as long as the algorithm says
 */
public record Digest(Algorithm algorithm, String hex) implements Comparable<Digest> {

    /** A registered hash function. */
    public enum Algorithm {
        SHA256("sha256", "SHA-256", 64), SHA512("sha512", "SHA-512", 128);

        private final String label;
        private final String jca;
        private final int digits;

        Algorithm(String label, String jca, int digits) {
            this.label = label;
            this.jca = jca;
            this.digits = digits;
        }

        /** Returns the name as it is written before the colon. */
        public String label() {
            return label;
        }

        /** Returns a new hash state, for something large. */
        public MessageDigest hasher() {
            return this == SHA256 && LibcryptoSha256.isPresent() ? new LibcryptoSha256() : ofJava();
        }

        private MessageDigest ofJava() {
            try {
                return MessageDigest.getInstance(jca);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this Java has no " + jca, e);
            }
        }

        private Digest of(byte[] bytes) {
            MessageDigest hasher = ofJava();
            hasher.update(bytes);
            return finish(hasher);
        }

        /** Finishes {@code hasher}, which must be of this algorithm. */
        public Digest finish(MessageDigest hasher) {
            return new Digest(this, HexFormat.of().formatHex(hasher.digest()));
        }
    }

    public Digest {
        if (hex.length() != algorithm.digits) {
            throw new IllegalArgumentException(
                    "invalid digest " + algorithm.label + ":…: it has " + hex.length() + " digits, not " + algorithm.digits);
        }
        for (int i = 0; i < hex.length(); i++) {
            char c = hex.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                throw new IllegalArgumentException("invalid digest " + algorithm.label + ":…: only 0-9 and a-f may stand in it");
            }
        }
    }

    /**
     * Parses {@code algorithm:hex}.
     *
     * @throws ImageException of kind INVALID_ARGUMENT when the text is anything else
     */
    public static Digest parse(String text) throws ImageException {
        int colon = text.indexOf(':');
        for (Algorithm algorithm : Algorithm.values()) {
            if (colon == algorithm.label.length() && text.startsWith(algorithm.label)) {
                try {
                    return new Digest(algorithm, text.substring(colon + 1));
                } catch (IllegalArgumentException e) {
                    throw new ImageException(ImageException.Kind.INVALID_ARGUMENT, "" + e.getMessage());
                }
            }
        }
        throw new ImageException(ImageException.Kind.INVALID_ARGUMENT,
                "invalid digest \"" + Text.shorten(text)
                        + "\": it must be sha256: and 64, or sha512: and 128 lower-case hexadecimal digits");
    }

    /** Returns the SHA-256 digest of {@code bytes}. */
    public static Digest sha256(byte[] bytes) {
        return Algorithm.SHA256.of(bytes);
    }

    /** Returns the digest of {@code bytes} by this digest's algorithm, to compare. */
    public Digest of(byte[] bytes) {
        return algorithm.of(bytes);
    }

    /** Returns the first 12 digits, for people. */
    public String brief() {
        return hex.substring(0, 12);
    }

    @Override
    public int compareTo(Digest other) {
        int order = algorithm.compareTo(other.algorithm);
        return order != 0 ? order : hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return algorithm.label + ":" + hex;
    }
}
