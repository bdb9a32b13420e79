package io.windlass.snapshotter.registry;

import io.windlass.snapshotter.registry.RegistryHost.Pair;
import io.windlass.snapshotter.registry.RegistryHost.Tls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** One HTTP/1.1 client for each way of trusting servers, made when it is first needed. Redirects are followed by the caller, who strips credentials. */
final class HttpClients implements AutoCloseable {

    private record Key(Tls tls, Duration dialTimeout) {}

    private final Map<Key, HttpClient> clients = new ConcurrentHashMap<>();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final ProxySelector proxies;

    HttpClients(ProxySelector proxies) {
        this.proxies = proxies;
    }

    HttpClient of(RegistryHost host) throws IOException {
        Key key = new Key(host.tls(), host.dialTimeout());
        HttpClient present = clients.get(key);
        if (present != null) {
            return present;
        }
        HttpClient made = make(key);
        HttpClient raced = clients.putIfAbsent(key, made);
        return raced != null ? raced : made;
    }

    private HttpClient make(Key key) throws IOException {
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(key.dialTimeout).executor(executor).proxy(proxies);
        if (!key.tls.equals(Tls.DEFAULT)) {
            try {
                builder.sslContext(context(key.tls));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw new IOException("cannot use the certificates that hosts.toml names: " + e.getMessage(), e);
            }
            if (key.tls.skipVerify()) {
                SSLParameters parameters = new SSLParameters();
                parameters.setEndpointIdentificationAlgorithm("");
                builder.sslParameters(parameters);
            }
        }
        return builder.build();
    }

    private static SSLContext context(Tls tls) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys(tls), trust(tls), null);
        return context;
    }

    private static KeyManager @Nullable [] keys(Tls tls) throws IOException, GeneralSecurityException {
        if (tls.client().isEmpty()) {
            return null;
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] none = new char[0];
        for (Pair pair : tls.client()) {
            Collection<? extends Certificate> chain = certificates(pair.certificate());
            store.setKeyEntry(pair.toString(), PemKey.read(pair.key()), none, chain.toArray(Certificate[]::new));
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, none);
        return factory.getKeyManagers();
    }

    private static TrustManager @Nullable [] trust(Tls tls) throws IOException, GeneralSecurityException {
        if (tls.skipVerify()) {
            return new TrustManager[]{new TrustAnyone()};
        }
        if (tls.authorities().isEmpty()) {
            return null;
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int count = 0;
        for (Path file : tls.authorities()) {
            for (Certificate certificate : certificates(file)) {
                store.setCertificateEntry("ca-" + count++, certificate);
            }
        }
        return new TrustManager[]{TrustEither.of(store)};
    }

    private static Collection<? extends Certificate> certificates(Path file) throws IOException, GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(PemKey.certificatesOnly(Files.readString(file))));
    }

    @Override
    public void close() {
        clients.values().forEach(HttpClient::shutdownNow);
        executor.shutdownNow();
    }
}
