package io.windlass.cri.container.spec;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EnvironmentTest {
    @Test
    void letsLaterValuesReplaceEarlierOnes() {
        var environment = new Environment().put("PATH", "/bin").putAll(List.of("A=1", "PATH=/image", "B=x=y")).put("A", "2")
                .putIfAbsent("HOME", "/root").putIfAbsent("B", "no");
        assertThat(environment.entries()).containsExactly("PATH=/image", "A=2", "B=x=y", "HOME=/root");
    }

    @Test
    void takesLinesInValuesAndUnsetsByAnEntryWithoutEquals() {
        assertThat(new Environment().put("A", "1\n2").put("B", "").putAll(List.of("A")).entries()).containsExactly("B=");
        assertThat(new Environment().put("A", "1\n2").entries()).containsExactly("A=1\n2");
    }

    @ParameterizedTest
    @CsvSource({"'',x", "A=B,x", "'A\n',x", "HOME,'/root\nevil:x:0:0'"})
    void refusesWhatIsNoVariable(String name, String value) {
        assertThatThrownBy(() -> new Environment().put(name, value)).hasMessageContaining("environment variable");
    }

    @Test
    void refusesNulInAValue() {
        assertThatThrownBy(() -> new Environment().put("A", "x\0y")).hasMessage("value of environment variable A holds a NUL byte");
    }
}
