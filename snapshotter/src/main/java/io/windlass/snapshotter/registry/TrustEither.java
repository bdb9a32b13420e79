package io.windlass.snapshotter.registry;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The authorities that hosts.toml names, besides the system's. */
final class TrustEither {
    private TrustEither() {}

    /** Adds the system's authorities to {@code own} and trusts all of them. */
    static TrustManager of(KeyStore own) throws GeneralSecurityException {
        int count = 0;
        for (X509Certificate issuer : manager(null).getAcceptedIssuers()) {
            add(own, "system-" + count++, issuer);
        }
        return manager(own);
    }

    private static void add(KeyStore store, String alias, Certificate certificate) throws KeyStoreException {
        store.setCertificateEntry(alias, certificate);
    }

    private static X509ExtendedTrustManager manager(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Arrays.stream(factory.getTrustManagers()).filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst().orElseThrow(() -> new KeyStoreException("this Java has no X.509 trust"));
    }
}
