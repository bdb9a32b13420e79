package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Parser;
import io.windlass.cri.cli.args.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CommandLineTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void optionsAreReadAsPeopleWriteThem() {
        Arguments arguments = run("-dt", "--name=web", "-e", "A=1", "-eB=2=3", "--volume", "/a:/b:ro", "--", "nginx", "-g", "daemon off;");
        assertThat(arguments.has("detach")).isTrue();
        assertThat(arguments.has("tty")).isTrue();
        assertThat(arguments.last("name")).contains("web");
        assertThat(KeyValues.map(arguments.all("env"), "env")).containsEntry("A", "1").containsEntry("B", "2=3");
        assertThat(arguments.operands()).containsExactly("nginx", "-g", "daemon off;");
    }

    @Test
    void whatFollowsTheImageBelongsToTheCommand() {
        assertThat(run("busybox", "ls", "-la", "--help").rest()).containsExactly("ls", "-la", "--help");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "run --nope busybox", "run --name", "run --rm=yes busybox", "ps extra", "stop", "frobnicate",
            "images -o yaml --endpoint unix:///nowhere", "version -r tcp://x", "run -m 12q busybox", "exec box"})
    void wrongUsageIsExitCode2AndOneLine(String line) {
        assertThat(Main.run(List.of(line.split(" ")), output())).isEqualTo(line.contains("-m") ? 1 : line.contains("yaml") ? 1 : 2);
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1).first().asString().startsWith("windlass: ");
    }

    @Test
    void aRuntimeThatIsNotThereIsSaidSo() {
        assertThat(Main.run(List.of("ps", "--endpoint", "unix:///nowhere/x.sock"), output())).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("cannot reach the runtime");
    }

    @Test
    void everyVerbHasHelp() {
        for (Verbs.Entry entry : Verbs.ALL) {
            assertThat(Main.run(List.of(entry.name(), "--help"), output())).as(entry.name()).isZero();
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("windlass run [OPTIONS] IMAGE [ARGUMENT…]");
        assertThat(Completion.script()).contains("run) words=\"--detach");
    }

    @Test
    void mistypedVerbsGetTheNearest() {
        assertThatExceptionOfType(UsageException.class).isThrownBy(() -> Verbs.find("imags")).withMessageContaining("did you mean images");
    }

    private static Arguments run(String... words) {
        return Parser.parse(new Run().usage(), List.of(words));
    }

    private Output output() {
        return new Output(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), false);
    }
}
