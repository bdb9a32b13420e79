package io.windlass.cni;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NetworkTemplateTest {
    private static final List<Cidr> BOTH = List.of(Cidr.parse("10.1.0.0/24"), Cidr.parse("fd00:1::/64"));
    private static final String TEMPLATE = """
            {"cniVersion": "1.0.0", "name": "tpl", "plugins": [{"type": "bridge", "ipam": {"type": "host-local", "subnet": "{{.PodCIDR}}",
             "ranges": [{{range $i, $range := .PodCIDRRanges}}{{if $i}}, {{end}}[{"subnet": "{{$range}}"}]{{end}}],
             "routes": [{{range $i, $route := .Routes}}{{if $i}}, {{end}}{"dst": "{{$route}}"}{{end}}]}}]}
            """;

    @TempDir
    private Path directory;

    @Test
    void templateOfContainerdIsUnderstood() throws Exception {
        assertThat(NetworkTemplate.render(TEMPLATE, BOTH)).isEqualTo(
                """
                        {"cniVersion": "1.0.0", "name": "tpl", "plugins": [{"type": "bridge", "ipam": {"type": "host-local", "subnet": "10.1.0.0/24",
                         "ranges": [[{"subnet": "10.1.0.0/24"}], [{"subnet": "fd00:1::/64"}]],
                         "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]}}]}
                        """);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {"a{{ .PodCIDR }}b|a10.1.0.0/24b",
            "a {{- .PodCIDR -}} b|a10.1.0.0/24b", "{{range .Routes}}<{{.}}>{{end}}|<0.0.0.0/0><::/0>",
            "{{range $r := .Routes}}{{$r}} {{end}}|0.0.0.0/0 ::/0 ",
            "{{if .Routes}}yes{{else}}no{{end}}|yes", "{{range $i, $r := .Routes}}{{if $i}}{{$r}}{{else}}first{{end}};{{end}}|first;::/0;",
            "x{{/* not shown */}}y|xy", "plain|plain"})
    void partsWork(String template, String text) throws Exception {
        assertThat(NetworkTemplate.render(template, BOTH)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{.Unknown}}", "{{template \"x\"}}", "{{range .Routes}}", "{{end}}", "{{if .Routes}}{{else}}",
            "{{range $i .Routes}}{{end}}",
            "{{$later}}", "{{else}}"})
    void othersAreRefusedByLine(String template) {
        assertThatThrownBy(() -> NetworkTemplate.render("\n" + template, BOTH)).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("line 2: ");
    }

    @Test
    void networkIsReadyOnceTheClusterHasGivenItsNetworks() throws Exception {
        Path conf = directory.resolve("net.d");
        Path template = Files.writeString(directory.resolve("net.tpl"), TEMPLATE);
        Files.createFile(directory.resolve("bridge")).toFile().setExecutable(true);
        CniClient client = new CniClient(conf, List.of(directory), directory.resolve("root"), Duration.ofSeconds(1), template);
        assertThat(client.isUnconfigured()).isFalse();
        assertThat(client.status().message()).contains("template " + template + " waits for the pod CIDR");
        client.usePodCidrs(BOTH);
        assertThat(client.status()).isEqualTo(NetworkStatus.ready("tpl"));
        client.usePodCidrs(BOTH.subList(0, 1));
        assertThat(conf.resolve("10-windlass-net.conflist")).content().contains("10.1.0.0/24").doesNotContain("fd00");
        Files.writeString(conf.resolve("05-mine.conflist"), NetworkTemplate.render(TEMPLATE.replace("tpl", "mine"), BOTH));
        client.usePodCidrs(BOTH);
        assertThat(conf.resolve("10-windlass-net.conflist")).content().doesNotContain("fd00");
        assertThat(client.status().network()).isEqualTo("mine");
    }

    @Test
    void podCidrsOutliveTheDaemon() throws Exception {
        PodCidrs cidrs = new PodCidrs(directory.resolve("cni"));
        assertThat(cidrs.networks()).isEmpty();
        cidrs.keep(PodCidrs.parse("10.1.0.0/24, fd00:1::/64"));
        assertThat(new PodCidrs(directory.resolve("cni")).networks()).isEqualTo(BOTH);
        assertThat(new PodCidrs(directory.resolve("cni")).text()).isEqualTo("10.1.0.0/24,fd00:1::/64");
        assertThatThrownBy(() -> PodCidrs.parse("10.1.0.0/24,10.2.0.0/24")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void watchSeesADirectoryThatIsMadeLater() throws Exception {
        Path conf = directory.resolve("a/b");
        var seen = new java.util.concurrent.LinkedBlockingQueue<Boolean>();
        try (ConfigWatch watch = ConfigWatch.start(conf, () -> seen.add(Files.exists(conf.resolve("x"))))) {
            Files.createDirectories(conf);
            Files.createFile(conf.resolve("x"));
            while (!seen.take()) {
                assertThat(watch).isNotNull();
            }
            Files.delete(conf.resolve("x"));
            while (seen.take()) {
                assertThat(watch).isNotNull();
            }
        }
    }
}
