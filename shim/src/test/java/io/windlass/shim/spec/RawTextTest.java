package io.windlass.shim.spec;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RawTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "41", "c3a4e282acf09f9880", "ff", "80ff41", "e28241", "e282", "f09f98", "c0af", "eda080", "f4908080",
            "c3a4ffe282ac80"})
    void holdsAllBytes(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        assertThat(RawText.bytes(RawText.of(bytes))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "ä€😀"})
    void leavesTextAsItIs(String text) {
        assertThat(RawText.of(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
        assertThat(RawText.shown(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "80"})
    void showsWhatIsNoText(String hex) {
        assertThat(RawText.shown("A=ä" + RawText.of(HexFormat.of().parseHex(hex)))).isEqualTo("A=ä\ufffd");
    }
}
