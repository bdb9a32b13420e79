package io.windlass.snapshotter.registry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** Private keys in PEM, PKCS #8 (RFC 5958). */
final class PemKey {
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final String CERTIFICATE = "-----BEGIN CERTIFICATE-----";
    private static final String CERTIFICATE_END = "-----END CERTIFICATE-----";

    private PemKey() {}

    static PrivateKey read(Path file) throws IOException, GeneralSecurityException {
        String text = Files.readString(file);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new InvalidKeySpecException(file + " has no \"" + BEGIN + "\": convert the key with openssl pkcs8 -topk8 -nocrypt");
        }
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end)));
        InvalidKeySpecException last = null;
        for (String algorithm : new String[]{"RSA", "EC", "EdDSA"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                last = e;
            }
        }
        throw new InvalidKeySpecException(file + " has no RSA, EC or EdDSA key", last);
    }

    /** Returns the certificates in {@code pem} without keys and remarks between them. */
    static byte[] certificatesOnly(String pem) {
        StringBuilder out = new StringBuilder();
        int begin = pem.indexOf(CERTIFICATE);
        while (begin >= 0) {
            int end = pem.indexOf(CERTIFICATE_END, begin);
            if (end < 0) {
                break;
            }
            out.append(pem, begin, end + CERTIFICATE_END.length()).append('\n');
            begin = pem.indexOf(CERTIFICATE, end);
        }
        return out.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
