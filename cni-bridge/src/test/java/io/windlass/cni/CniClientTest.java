package io.windlass.cni;

import io.windlass.cni.NetworkException.Kind;
import io.windlass.cni.PortMapping.Protocol;
import io.windlass.shim.linux.RecordSeal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Plugins that are scripts: what they are given, and what becomes of what they answer. */
class CniClientTest {
    private static final String RESULT = """
            {"cniVersion": "1.0.0", "interfaces": [{"name": "eth0", "sandbox": "/ns"}],
             "ips": [{"address": "fd00::9/64"}, {"address": "10.1.2.3/24", "gateway": "10.1.2.1", "interface": 0}],
             "routes": [{"dst": "0.0.0.0/0"}], "dns": {"nameservers": ["10.1.2.1"]}}""";

    private TestHost host;
    private Path conf;
    private Path bin;
    private Netns pod;
    private CniClient client;

    @BeforeEach
    void setUp() throws IOException {
        host = new TestHost();
        conf = Files.createDirectory(host.directory().resolve("net.d"));
        bin = Files.createDirectory(host.directory().resolve("bin"));
        pod = host.pod("a");
        client = new CniClient(conf, List.of(bin), host.directory().resolve("cni"), Duration.ofSeconds(20), null);
    }

    @AfterEach
    void tearDown() throws IOException {
        pod.close();
        host.close();
    }

    private static final Attachment ATTACHMENT = Attachment.of("sandbox1", "ns", "pod", "uid");

    /** A plugin that keeps what it was given in files and then runs the script. */
    private void plugin(String name, String script) throws IOException {
        Path file = bin.resolve(name);
        Files.writeString(file, "#!/bin/sh\nd=" + host.directory() + "\nn=" + name + "-$CNI_COMMAND\necho $n >> $d/order\n"
                + "cat > $d/$n.in\nenv | sort > $d/$n.env\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void list(String version, String plugins) throws IOException {
        Files.writeString(conf.resolve("10-test.conflist"),
                "{\"cniVersion\": \"" + version + "\", \"name\": \"testnet\", \"plugins\": [" + plugins + "]}");
    }

    private String read(String file) throws IOException {
        return Files.readString(host.directory().resolve(file));
    }

    private List<String> records() throws IOException {
        Path directory = host.directory().resolve("cni/attachments");
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    private static String answer(String result) {
        return "[ $CNI_COMMAND = ADD ] && cat <<'EOF'\n" + result + "\nEOF\nexit 0";
    }

    @Test
    void chainGetsTheExactEnvironmentAndInput() throws Exception {
        plugin("first", answer(RESULT));
        plugin("second", answer(RESULT.replace("10.1.2.3", "10.1.2.4")));
        list("1.0.0", """
                {"type": "first", "x": {"y": [1]}}, {"type": "second", "capabilities": {"portMappings": true, "bandwidth": false}}""");
        Attachment attachment = ATTACHMENT.withPortMappings(List.of(new PortMapping(Protocol.UDP, 53, 5353, "127.0.0.1")))
                .withBandwidth(new Bandwidth(1, 2, 3, 4));
        NetworkResult result = client.add(attachment, pod);
        assertThat(result.podIps()).containsExactly("10.1.2.4", "fd00::9");
        assertThat(result.dns().servers()).containsExactly("10.1.2.1");
        assertThat(read("order")).isEqualTo("first-ADD\nsecond-ADD\n");
        assertThat(read("first-ADD.env").lines().filter(l -> !l.startsWith("PWD=") && !l.startsWith("PATH=") && !l.startsWith("SHLVL")
                && !l.startsWith("_="))).containsExactly(
                        "CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=ns;K8S_POD_NAME=pod;K8S_POD_INFRA_CONTAINER_ID=sandbox1;K8S_POD_UID=uid",
                        "CNI_COMMAND=ADD", "CNI_CONTAINERID=sandbox1", "CNI_IFNAME=eth0", "CNI_NETNS=" + pod.path(), "CNI_PATH=" + bin);
        assertThat(read("first-ADD.in")).isEqualTo("{\"type\":\"first\",\"x\":{\"y\":[1]},\"cniVersion\":\"1.0.0\",\"name\":\"testnet\"}");
        assertThat(read("second-ADD.in")).startsWith("{\"type\":\"second\",\"cniVersion\":\"1.0.0\",\"name\":\"testnet\",\"runtimeConfig\":"
                + "{\"portMappings\":[{\"hostPort\":5353,\"containerPort\":53,\"protocol\":\"udp\",\"hostIP\":\"127.0.0.1\"}]},\"prevResult\":{")
                .contains("10.1.2.3");
        assertThat(records()).containsExactly("sandbox1@eth0.json");
        assertThat(TestHost.sh(pod.path(), "ip -o link show lo")).contains("LOOPBACK,UP");
    }

    @Test
    void delRunsBackwardsWithTheRecordedConfigurationAndResult() throws Exception {
        plugin("first", answer(RESULT));
        plugin("second", answer(RESULT));
        list("0.4.0", "{\"type\": \"first\", \"old\": 1}, {\"type\": \"second\"}");
        client.add(ATTACHMENT, pod);
        list("1.0.0", "{\"type\": \"other\"}");
        client.del(ATTACHMENT, pod);
        assertThat(read("order")).isEqualTo("first-ADD\nsecond-ADD\nsecond-DEL\nfirst-DEL\n");
        assertThat(read("first-DEL.in")).contains("\"old\":1", "\"cniVersion\":\"0.4.0\"", "\"prevResult\":{", "\"version\":\"4\"");
        assertThat(read("first-DEL.env")).contains("CNI_NETNS=" + pod.path());
        assertThat(records()).isEmpty();
        client.del(ATTACHMENT, pod);
        assertThat(read("order")).endsWith("second-DEL\nfirst-DEL\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0\0\0", "{\"version\":2}", "{\"version\":3}", "{\"version\":1}"})
    void delWithADamagedRecordUsesTheConfigurationInUseUntilItSucceeds(String damaged) throws Exception {
        plugin("first", "[ $CNI_COMMAND = DEL ] && [ ! -e $d/mended ] && exit 3\n" + answer(RESULT));
        list("1.0.0", "{\"type\": \"first\", \"old\": 1}");
        client.add(ATTACHMENT, pod);
        Path record = host.directory().resolve("cni/attachments/sandbox1@eth0.json");
        Files.writeString(record, damaged);
        list("1.0.0", "{\"type\": \"first\", \"newer\": 1}");
        assertThatThrownBy(() -> client.del(ATTACHMENT, pod)).hasMessageContaining("on DEL exited with 3");
        Files.createFile(host.directory().resolve("mended"));
        client.del(ATTACHMENT, pod);
        assertThat(read("order")).isEqualTo("first-ADD\nfirst-DEL\nfirst-DEL\n");
        assertThat(read("first-DEL.in")).contains("\"newer\":1").doesNotContain("prevResult");
        assertThat(read("first-DEL.env")).contains("K8S_POD_NAME=pod", "CNI_NETNS=" + pod.path());
        assertThat(records()).containsExactly("sandbox1@eth0.json.corrupt");
        assertThat(record.resolveSibling("sandbox1@eth0.json.corrupt")).hasContent(damaged);
    }

    /** As after a change to the built-in bridge. */
    @Test
    void delWithADamagedRecordAndWithoutAListNamesTheRecordAndTheWayOut() throws Exception {
        plugin("first", answer(RESULT));
        list("1.0.0", "{\"type\": \"first\"}");
        client.add(ATTACHMENT, pod);
        Path record = host.directory().resolve("cni/attachments/sandbox1@eth0.json");
        Files.writeString(record, "{\"version\":2}");
        Files.delete(conf.resolve("10-test.conflist"));
        CniClient later = laterDaemon(Duration.ofSeconds(20));
        assertThatThrownBy(() -> later.del(ATTACHMENT, pod)).hasMessageContaining("attachment record " + record)
                .hasMessageContaining("the record has no checksum at its end; put the network list back that its pod was made with");
        assertThat(records()).containsExactly("sandbox1@eth0.json");
        list("1.0.0", "{\"type\": \"first\"}");
        later.del(ATTACHMENT, pod);
        assertThat(read("order")).isEqualTo("first-ADD\nfirst-DEL\n");
        assertThat(records()).containsExactly("sandbox1@eth0.json.corrupt");
    }

    @Test
    void delLeavesTheRecordOfALaterDaemonAlone() throws Exception {
        plugin("first", answer(RESULT));
        list("1.0.0", "{\"type\": \"first\"}");
        client.add(ATTACHMENT, pod);
        Path record = host.directory().resolve("cni/attachments/sandbox1@eth0.json");
        byte[] later = RecordSeal.seal("{\"version\":99}".getBytes(StandardCharsets.UTF_8));
        Files.write(record, later);
        assertThatThrownBy(() -> client.del(ATTACHMENT, pod)).hasMessageContaining("later windlass; use that version");
        assertThat(read("order")).isEqualTo("first-ADD\n");
        assertThat(record).hasBinaryContent(later);
    }

    @Test
    void delWithoutTheNamespacePassesNone() throws Exception {
        plugin("first", answer(RESULT));
        list("1.0.0", "{\"type\": \"first\"}");
        client.add(ATTACHMENT, pod);
        client.del(ATTACHMENT, Netns.at(host.directory().resolve("gone")));
        assertThat(read("first-DEL.env").lines()).contains("CNI_NETNS=");
    }

    @Test
    void failedDelKeepsTheRecordAndRunsTheOthers() throws Exception {
        plugin("first", answer(RESULT));
        plugin("second", "[ $CNI_COMMAND = DEL ] && [ ! -e $d/mended ] && echo broken >&2 && exit 3\n" + answer(RESULT));
        list("1.0.0", "{\"type\": \"first\"}, {\"type\": \"second\"}");
        client.add(ATTACHMENT, pod);
        assertThatThrownBy(() -> client.del(ATTACHMENT, pod)).isInstanceOf(NetworkException.class)
                .hasMessageContaining("plugin \"second\" on DEL exited with 3").hasMessageContaining("broken");
        assertThat(read("order")).endsWith("second-DEL\nfirst-DEL\n");
        assertThat(records()).hasSize(1);
        Files.createFile(host.directory().resolve("mended"));
        client.del(ATTACHMENT, pod);
        assertThat(records()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            echo '{"cniVersion":"1.0.0","code":11,"msg":"later","details":"no peer"}'; exit 1 | TRY_AGAIN   | asked to try again later: later: no peer
            echo '{"code":7,"msg":"bad config"}'; exit 1                                     | FAILED      | failed with code 7: bad config
            echo '{"code":1,"msg":"version"}'; exit 1                                        | FAILED      | does not speak the list's cniVersion
            exit 1                                                                           | FAILED      | exited with 1 and reported no error in JSON; it wrote nothing
            echo 'no such thing' >&2; exit 127                                               | FAILED      | it wrote: no such thing
            echo 'hello'                                                                     | FAILED      | its result is not valid JSON
            true                                                                             | FAILED      | its result is not valid JSON
            echo '{"cniVersion":"1.0.0"}'                                                    | FAILED      | it has no address
            echo '{"ips":[{"address":"10.0.0.300/8"}]}'                                      | FAILED      | is not an IP address
            head -c 2000000 /dev/zero                                                        | FAILED      | wrote more than 1048576 bytes
            head -c 2000000 /dev/zero >&2                                                    | FAILED      | wrote more than 1048576 bytes
            kill -SEGV $$                                                                    | FAILED      | killed by signal 11
            """)
    void misbehavingPluginIsReportedAndUndone(String script, Kind kind, String message) throws Exception {
        plugin("bad", "[ $CNI_COMMAND = DEL ] && exit 0\n" + script);
        list("1.0.0", "{\"type\": \"bad\"}");
        NetworkException e = catchThrowableOfType(NetworkException.class, () -> client.add(ATTACHMENT, pod));
        assertThat(e).hasMessageContaining(message).hasMessageContaining("network \"testnet\"").hasMessageContaining("plugin \"bad\"");
        assertThat(e.kind()).isEqualTo(kind);
        assertThat(read("order")).isEqualTo("bad-ADD\nbad-DEL\n");
        assertThat(records()).isEmpty();
    }

    @Test
    void hangingPluginIsKilledWithItsChildren() throws Exception {
        client = new CniClient(conf, List.of(bin), host.directory().resolve("cni"), Duration.ofMillis(300), null);
        plugin("slow", "[ $CNI_COMMAND = DEL ] && exit 0\nsleep 1000 & echo $! > $d/child; wait");
        list("1.0.0", "{\"type\": \"slow\"}");
        NetworkException e = catchThrowableOfType(NetworkException.class, () -> client.add(ATTACHMENT, pod));
        assertThat(e.kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(e).hasMessageContaining("did not end within 300 ms");
        ProcessHandle.of(Long.parseLong(read("child").strip())).ifPresent(child -> child.onExit().join());
        assertThat(records()).isEmpty();
    }

    @Test
    void pluginThatLeavesADaemonBehindIsNotWaitedFor() throws Exception {
        plugin("first", "[ $CNI_COMMAND = ADD ] && { sleep 1000 & echo $! > $d/child; }\n" + answer(RESULT));
        list("1.0.0", "{\"type\": \"first\"}");
        client.add(ATTACHMENT, pod);
        ProcessHandle.of(Long.parseLong(read("child").strip())).orElseThrow().destroyForcibly();
    }

    @Test
    void addAfterAnAddThatWasCutShortBeginsWithDel() throws Exception {
        plugin("first", answer(RESULT));
        list("1.0.0", "{\"type\": \"first\"}");
        client.add(ATTACHMENT, pod);
        client.add(ATTACHMENT, pod);
        assertThat(read("order")).isEqualTo("first-ADD\nfirst-DEL\nfirst-ADD\n");
    }

    private void awaitFile(String name) {
        while (!Files.exists(host.directory().resolve(name))) {
            Thread.onSpinWait();
        }
    }

    /** A daemon that is killed does not end its plugins: here it is one more client, which stays. */
    private CniClient laterDaemon(Duration deadline) throws NetworkException {
        CniClient later = new CniClient(conf, List.of(bin), host.directory().resolve("cni"), deadline, null);
        later.findLeftPlugins();
        return later;
    }

    @Test
    void delWaitsForAPluginOfAnEarlierDaemon() throws Exception {
        plugin("slow", "[ $CNI_COMMAND = ADD ] || exit 0\nmkfifo $d/end; touch $d/begun; cat $d/end; echo ended >> $d/order; exit 1");
        list("1.0.0", "{\"type\": \"slow\"}");
        CompletableFuture<NetworkException> add = CompletableFuture
                .supplyAsync(() -> catchThrowableOfType(NetworkException.class, () -> client.add(ATTACHMENT, pod)),
                        Thread::startVirtualThread);
        awaitFile("begun");
        CniClient later = laterDaemon(Duration.ofSeconds(20));
        CompletableFuture<Void> del = CompletableFuture
                .runAsync(() -> assertThatNoException().isThrownBy(() -> later.del(ATTACHMENT, pod)), Thread::startVirtualThread);
        assertThatThrownBy(() -> del.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        Files.writeString(host.directory().resolve("end"), "\n");
        del.join();
        assertThat(add.join()).hasMessageContaining("slow");
        assertThat(read("order")).startsWith("slow-ADD\nended\nslow-DEL\n");
    }

    @Test
    void pluginOfAnEarlierDaemonThatHangsIsKilled() throws Exception {
        plugin("slow", "[ $CNI_COMMAND = ADD ] || exit 0\ntouch $d/begun; sleep 1000; echo ended >> $d/order");
        list("1.0.0", "{\"type\": \"slow\"}");
        CompletableFuture<NetworkException> add = CompletableFuture
                .supplyAsync(() -> catchThrowableOfType(NetworkException.class, () -> client.add(ATTACHMENT, pod)),
                        Thread::startVirtualThread);
        awaitFile("begun");
        laterDaemon(Duration.ofMillis(100)).del(ATTACHMENT, pod);
        assertThat(add.join()).hasMessageContaining("killed by signal 9");
        assertThat(read("order")).startsWith("slow-ADD\nslow-DEL\n").doesNotContain("ended");
    }

    @Test
    void checkRunsUnlessDisabled() throws Exception {
        plugin("first", answer(RESULT));
        list("1.0.0", "{\"type\": \"first\"}");
        client.add(ATTACHMENT, pod);
        client.check(ATTACHMENT, pod);
        assertThat(read("first-CHECK.in")).contains("prevResult");
        assertThatThrownBy(() -> client.check(Attachment.of("other", "n", "p", "u"), pod)).hasMessageContaining("no record");
    }

    @Test
    void statusAndGcRunFromVersion11On() throws Exception {
        plugin("first",
                "[ $CNI_COMMAND = STATUS ] && [ -e $d/down ] && echo '{\"code\":50,\"msg\":\"no uplink\"}' && exit 1\n" + answer(RESULT));
        list("1.1.0", "{\"type\": \"first\"}");
        client.add(ATTACHMENT, pod);
        client.add(Attachment.of("sandbox2", "ns", "pod", "uid"), pod);
        assertThat(client.status()).isEqualTo(NetworkStatus.ready("testnet"));
        Files.createFile(host.directory().resolve("down"));
        assertThat(client.status().ready()).isFalse();
        assertThat(client.status().message()).contains("says that it is not available: no uplink");
        client.collect(Set.of("sandbox2")::contains);
        assertThat(read("order")).contains("first-DEL\nfirst-GC");
        assertThat(read("first-GC.in")).contains("\"cni.dev/valid-attachments\":[{\"containerID\":\"sandbox2\",\"ifname\":\"eth0\"}]");
        assertThat(records()).containsExactly("sandbox2@eth0.json");
    }

    @Test
    void gcSparesALivingSandboxWhoseRecordCannotBeRead() throws Exception {
        plugin("first", answer(RESULT));
        list("1.1.0", "{\"type\": \"first\"}");
        for (String sandbox : List.of("damaged", "dead", "sandbox1")) {
            client.add(Attachment.of(sandbox, "ns", "pod", "uid"), pod);
        }
        for (String sandbox : List.of("damaged", "dead")) {
            Files.writeString(host.directory().resolve("cni/attachments/" + sandbox + "@eth0.json"), "{\"version\":99}");
        }
        client.collect(Set.of("damaged", "sandbox1")::contains);
        assertThat(read("first-GC.in")).contains("\"cni.dev/valid-attachments\":["
                + "{\"containerID\":\"sandbox1\",\"ifname\":\"eth0\"},{\"containerID\":\"damaged\",\"ifname\":\"eth0\"}]");
        assertThat(records()).contains("damaged@eth0.json");
    }

    @Test
    void changesOfTheDirectoryCountAtTheNextUse() throws Exception {
        assertThat(client.status().message()).contains("no network configuration in " + conf);
        assertThat(client.isUnconfigured()).isTrue();
        list("1.0.0", "{\"type\": \"missing\"}");
        assertThat(client.isUnconfigured()).isFalse();
        assertThat(client.status()).satisfies(s -> assertThat(s.ready()).isFalse())
                .satisfies(s -> assertThat(s.message()).contains("plugin \"missing\" is not in [" + bin + "]"));
        plugin("missing", "exit 0");
        assertThat(client.status().ready()).isTrue();
        Files.writeString(conf.resolve("05-first.conf"), "{\"cniVersion\": \"1.0.0\", \"name\": \"single\", \"type\": \"missing\"}");
        assertThat(client.status().network()).isEqualTo("single");
        Files.delete(conf.resolve("05-first.conf"));
        assertThat(client.status().network()).isEqualTo("testnet");
        Files.delete(conf.resolve("10-test.conflist"));
        assertThat(client.isUnconfigured()).isFalse(); // pods must not fall onto another network
        assertThat(client.status().message()).contains("network \"testnet\" was removed from " + conf);
        assertThat(catchThrowableOfType(NetworkException.class, () -> client.add(ATTACHMENT, pod)).kind()).isEqualTo(Kind.NOT_READY);
    }

    @Test
    void badConfigurationLeavesTheOldOneInUseAndIsTold() throws Exception {
        plugin("first", answer(RESULT));
        list("1.0.0", "{\"type\": \"first\", \"old\": 1}");
        assertThat(client.status()).isEqualTo(NetworkStatus.ready("testnet"));
        list("1.0.0", "{\"type\": \"../evil\"}");
        Files.writeString(conf.resolve("20-other.conf"), "{\"cniVersion\": \"1.0.0\", \"name\": \"other\", \"type\": \"first\"}");
        assertThat(client.status()).isEqualTo(new NetworkStatus(true, "testnet", "InvalidNetworkConfiguration",
                "network \"testnet\" stays in use, as a newer configuration is not valid: " + conf.resolve("10-test.conflist")
                        + ": plugin type \"../evil\" is not valid: it must be the bare name of a file in the plugin directories"));
        client.add(ATTACHMENT, pod);
        assertThat(read("first-ADD.in")).contains("\"old\":1");
        list("1.0.0", "{\"type\": \"first\", \"new\": 1}");
        assertThat(client.status()).isEqualTo(NetworkStatus.ready("testnet"));
        client.add(ATTACHMENT, pod);
        assertThat(read("first-ADD.in")).contains("\"new\":1");
    }

    @Test
    void badConfigurationFromTheStartIsNoNetwork() throws Exception {
        list("1.0.0", "{\"type\": \"../evil\"}");
        assertThat(client.status()).satisfies(s -> assertThat(s.ready()).isFalse())
                .satisfies(s -> assertThat(s.message()).contains("10-test.conflist: plugin type \"../evil\" is not valid"));
    }

    @Test
    void statusDoesNotWaitForAPluginThatHangs() throws Exception {
        plugin("first", "[ $CNI_COMMAND = STATUS ] && [ -e $d/hang ] && while [ -e $d/hang ]; do sleep 0.02; done\n" + answer(RESULT));
        list("1.1.0", "{\"type\": \"first\"}");
        Files.createFile(host.directory().resolve("hang"));
        long start = System.nanoTime();
        assertThat(client.status().message()).contains("have not answered STATUS yet");
        assertThat(client.status().ready()).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        assertThat(read("order")).isEqualTo("first-STATUS\n");
        Files.delete(host.directory().resolve("hang"));
        assertThat(client.status()).isEqualTo(NetworkStatus.ready("testnet"));
    }

    @Test
    void gcWaitsForAddsToEnd() throws Exception {
        plugin("first", "[ $CNI_COMMAND = ADD ] && touch $d/adding && while [ -e $d/adding ]; do sleep 0.02; done\n" + answer(RESULT));
        list("1.1.0", "{\"type\": \"first\"}");
        CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> {
            try {
                client.add(ATTACHMENT, pod);
            } catch (NetworkException e) {
                throw new IllegalStateException(e);
            }
        });
        while (!Files.exists(host.directory().resolve("adding"))) {
            Thread.onSpinWait();
        }
        assertThat(catchThrowableOfType(NetworkException.class, () -> client.collect(id -> true)).kind()).isEqualTo(Kind.TRY_AGAIN);
        Files.delete(host.directory().resolve("adding"));
        adding.join();
        client.collect(id -> true);
        assertThat(read("order")).isEqualTo("first-ADD\nfirst-GC\n");
    }

    @Test
    void podNameThatWouldAddAnArgumentIsRefused() throws Exception {
        plugin("first", answer(RESULT));
        list("1.0.0", "{\"type\": \"first\"}");
        assertThat(
                catchThrowableOfType(NetworkException.class, () -> client.add(Attachment.of("s", "ns", "a;IP=1.2.3.4", "u"), pod)).kind())
                .isEqualTo(Kind.INVALID);
        assertThat(records()).isEmpty();
    }
}
