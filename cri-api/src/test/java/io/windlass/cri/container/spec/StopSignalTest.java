package io.windlass.cri.container.spec;

import io.windlass.cri.v1.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StopSignalTest {
    @ParameterizedTest
    @CsvSource({"SIGTERM,15", "term,15", "9,9", "SIGQUIT,3", "SIGRTMIN,34", "RTMIN+3,37", "SIGRTMAX-1,63", "SIGWINCH,28"})
    void parsesNamesAndNumbers(String name, int number) {
        assertThat(StopSignal.parse(name)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SIG", "0", "65", "-1", "SIGNOPE", "SIGRTMIN+31", "SIGRTMIN-1", "RTMAX+1", "SIGRTMIN+"})
    void refusesWhatIsNone(String name) {
        assertThatThrownBy(() -> StopSignal.parse(name)).hasMessageContaining("is not known");
    }

    @ParameterizedTest
    @EnumSource(value = Signal.class, mode = EnumSource.Mode.EXCLUDE, names = {"SIGNAL_RUNTIME_DEFAULT", "UNRECOGNIZED"})
    void knowsEverySignalOfTheContract(Signal signal) {
        int number = StopSignal.number(signal);
        assertThat(number).isBetween(1, 64);
        assertThat(StopSignal.number(StopSignal.toCri(number))).isEqualTo(number);
    }

    @Test
    void leavesTheChoiceToTheImage() {
        assertThat(StopSignal.number(Signal.SIGNAL_RUNTIME_DEFAULT)).isZero();
        assertThat(StopSignal.toCri(15)).isEqualTo(Signal.SIGNAL_SIGTERM);
    }
}
