package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.AttachRequest;
import io.windlass.cri.v1.ExecRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Clients of the streaming server who were not given the URL that they ask for. */
@UnderAttack
class StreamAttackTest {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final String UPGRADE = """
            %s %s HTTP/1.1\r
            Host: %s\r
            Connection: Upgrade\r
            Upgrade: SPDY/3.1\r
            X-Stream-Protocol-Version: v4.channel.k8s.io\r
            Content-Length: 0\r
            \r
            """;

    private static URI exec(Node node, PodContainer container, String mark) {
        return URI.create(node.cri().runtime().exec(ExecRequest.newBuilder().setContainerId(container.id()).addCmd("touch").addCmd(mark)
                .setStdout(true).build()).getUrl());
    }

    /** The status line of what {@code server} answers. */
    private static String ask(URI server, String method, String path) throws IOException {
        return raw(server, UPGRADE.formatted(method, path, server.getAuthority()));
    }

    /** The same for any request; empty where the server cuts it off, which may be while it is sent. */
    private static String raw(URI server, String request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            StringBuilder line = new StringBuilder();
            InputStream in = socket.getInputStream();
            for (int c = in.read(); c >= 0 && c != '\r'; c = in.read()) {
                line.append((char) c);
            }
            return line.toString();
        } catch (SocketException e) {
            return "";
        }
    }

    /** {@code %s} is the token of an exec that waits. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/exec", "/exec/", "/exec/AAAAAAAAAAAAAAAAAAAAAA", "/exec/../exec/%s", "/exec//%s", "/./exec/%s",
            "/exec/%s/",
            "/exec/%s/..", "/exec/%sA", "/exec/ %s", "/exec/%%2e%%2e/exec/%s", "/exec/%s%%00", "/EXEC/%s", "/attach/x/%s", "//exec/%s",
            "*"})
    void urlThatWasNotGivenIsNotFound(String path, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start("sleep", "1000");
            URI url = exec(node, container, "/attacked");
            String token = url.getPath().substring(url.getPath().lastIndexOf('/') + 1);
            assertThat(ask(url, "GET", path.formatted(token))).matches("HTTP/1.1 (404|400|403|301|308).*");
            assertThat(container.sh("ls /")).doesNotContain("attacked");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"attach", "portforward"})
    void tokenIsOfOneVerbAndGoneOnceItWasShown(String verb, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start("sleep", "1000");
            URI url = exec(node, container, "/attacked");
            assertThat(ask(url, "GET", url.getPath().replace("/exec/", "/" + verb + "/"))).contains(" 404 ");
            if (node.runtime().name().equals("windlass")) {
                assertThat(ask(url, "GET", url.getPath())).contains(" 404 ");
                assertThat(container.sh("ls /")).doesNotContain("attacked");
            }
        }
    }

    @Test
    void tokenIsGoodOnce(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start("sleep", "1000");
            URI url = exec(node, container, "/tmp/first");
            assertThat(ask(url, "POST", url.getPath())).contains(" 101 ");
            assertThat(ask(url, "POST", url.getPath())).contains(" 404 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PRI"})
    void otherMethodsOpenNothing(String method, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start("sleep", "1000");
            URI url = exec(node, container, "/attacked");
            assertThat(ask(url, method, url.getPath())).matches("(HTTP/1.1 4.*)?");
            assertThat(container.sh("ls /")).doesNotContain("attacked");
        }
    }

    @Test
    void tokensCannotBeGuessed(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start("sleep", "1000");
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < 200; i++) {
                String url = node.cri().runtime().attach(AttachRequest.newBuilder().setContainerId(container.id()).setStdout(true).build())
                        .getUrl();
                String token = url.substring(url.lastIndexOf('/') + 1);
                assertThat(token).matches(node.runtime().name().equals("windlass") ? "[A-Za-z0-9_-]{22,}" : "[A-Za-z0-9_-]{8,}");
                seen.add(token.substring(0, 8));
            }
            assertThat(seen).hasSize(200);
        }
    }

    @Test
    void requestWithoutEndIsCutOff(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start("sleep", "1000");
            URI url = exec(node, container, "/attacked");
            assertThat(raw(url, "GET " + url.getPath() + "x".repeat(100_000) + " HTTP/1.1\r\n\r\n")).matches("(HTTP/1.1 4.*)?");
            assertThat(raw(url, "GET " + url.getPath() + " HTTP/1.1\r\n" + "X: y\r\n".repeat(50_000) + "\r\n")).matches("(HTTP/1.1 4.*)?");
            assertThat(container.sh("ls /")).doesNotContain("attacked");
        }
    }

    @Test
    void serverListensOnTheLoopbackOnly(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start("sleep", "1000");
            URI url = exec(node, container, "/attacked");
            assertThat(url.getHost()).isEqualTo("127.0.0.1");
            String gateway = container.sh("ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p'").strip();
            assertThat(gateway).isNotEmpty();
            assertThatThrownBy(() -> new Socket(gateway, url.getPort()).close()).isInstanceOf(ConnectException.class);
        }
    }
}
