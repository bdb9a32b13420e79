package io.windlass.snapshotter.registry;

import io.windlass.snapshotter.registry.RegistryHost.Pair;
import io.windlass.snapshotter.registry.RegistryHost.Tls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 client for each way of trusting servers, made when it is first needed, and anew when a file of its certificates has
 * changed. Redirects are followed by the caller, who strips credentials.
 */
final class HttpClients implements AutoCloseable {

    private record Key(Tls tls, Duration dialTimeout) {}

    /** A file as it was. One that is written anew, or that a link now leads to, differs. */
    private record FileState(FileTime modified, long size, @Nullable Object inode) {
        static FileState of(Path file) throws IOException {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return new FileState(now.lastModifiedTime(), now.size(), now.fileKey());
        }
    }

    /** A client, the files it was made from, and how many use it: requests that are being sent, and one more until it is replaced. */
    private static final class Client {
        final HttpClient http;
        final List<FileState> files;
        int users = 1;

        Client(HttpClient http, List<FileState> files) {
            this.http = http;
            this.files = files;
        }
    }

    private final Map<Key, Client> clients = new HashMap<>();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final ProxySelector proxies;

    HttpClients(ProxySelector proxies) {
        this.proxies = proxies;
    }

    /** Sends with the client that suits the host. What is under way with one that is replaced meanwhile goes on to its end. */
    <T> HttpResponse<T> send(RegistryHost host, HttpRequest request, BodyHandler<T> handler) throws IOException, InterruptedException {
        Client client = take(new Key(host.tls(), host.dialTimeout()));
        try {
            return client.http.send(request, handler);
        } finally {
            release(client);
        }
    }

    private synchronized Client take(Key key) throws IOException {
        List<FileState> files = files(key.tls);
        Client client = clients.get(key);
        if (client == null || !client.files.equals(files)) {
            Client made = new Client(make(key), files);
            clients.put(key, made);
            if (client != null) {
                release(client);
            }
            client = made;
        }
        client.users++;
        return client;
    }

    private synchronized void release(Client client) {
        client.users--;
        if (client.users == 0) {
            client.http.shutdown(); // which ends it when the bodies have been read
        }
    }

    private static List<FileState> files(Tls tls) throws IOException {
        List<FileState> out = new ArrayList<>();
        for (Path file : tls.authorities()) {
            out.add(FileState.of(file));
        }
        for (Pair pair : tls.client()) {
            out.add(FileState.of(pair.certificate()));
            out.add(FileState.of(pair.key()));
        }
        return out;
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
    public synchronized void close() {
        clients.values().forEach(client -> client.http.shutdownNow());
        executor.shutdownNow();
    }
}
