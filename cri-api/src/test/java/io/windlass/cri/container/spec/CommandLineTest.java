package io.windlass.cri.container.spec;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CommandLineTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            command | args | entrypoint | cmd | command args
            command | ''   | entrypoint | cmd | command
            ''      | args | entrypoint | cmd | entrypoint args
            ''      | ''   | entrypoint | cmd | entrypoint cmd
            ''      | ''   | ''         | cmd | cmd
            ''      | ''   | entrypoint | ''  | entrypoint
            ''      | args | ''         | cmd | args
            """)
    void mergesRequestAndImage(String command, String args, String entrypoint, String cmd, String merged) {
        assertThat(CommandLine.merge(list(command), list(args), list(entrypoint), list(cmd))).containsExactly(merged.split(" "));
    }

    @Test
    void refusesNothing() {
        assertThatThrownBy(() -> CommandLine.merge(List.of(), List.of(), List.of(""), List.of())).hasMessageStartingWith("no command");
    }

    private static List<String> list(String word) {
        return word.isEmpty() ? List.of() : List.of(word);
    }
}
