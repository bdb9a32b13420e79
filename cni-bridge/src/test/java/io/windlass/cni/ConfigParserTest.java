package io.windlass.cni;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConfigParserTest {
    private static NetworkConfigList parse(String json) throws ConfigException {
        return ConfigParser.parse("test.conflist", json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void listIsReadWithItsFlags() throws Exception {
        NetworkConfigList list = parse("""
                {"cniVersion": "0.3.1", "name": "a.b-c_d", "disableCheck": "true", "disableGC": false,
                 "plugins": [{"type": "p", "capabilities": {"portMappings": true, "dns": false}}, {"type": "q"}]}""");
        assertThat(list.version()).isEqualTo(CniVersion.V0_3_1);
        assertThat(list.disableCheck()).isTrue();
        assertThat(list.disableGc()).isFalse();
        assertThat(list.plugins()).extracting(PluginConfig::type).containsExactly("p", "q");
        assertThat(list.plugins().getFirst().capabilities()).containsExactly("portMappings");
        assertThat(list.label()).isEqualTo("network \"a.b-c_d\" (test.conflist)");
    }

    @Test
    void highestOfferedVersionThatIsSpokenHereIsUsed() throws Exception {
        assertThat(parse("""
                {"cniVersion": "0.4.0", "cniVersions": ["0.4.0", "1.0.0", "9.0.0"], "name": "n", "plugins": [{"type": "p"}]}""").version())
                .isEqualTo(CniVersion.V1_0_0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {                                                                                    | it is not valid JSON
            []                                                                                   | it is not a JSON object
            {"name":"n","plugins":[{"type":"p"}]}                                                | cniVersion is missing
            {"cniVersion":"7.0.0","name":"n","plugins":[{"type":"p"}]}                           | cniVersion "7.0.0" is not supported: use one of
            {"cniVersion":"1.0.0","plugins":[{"type":"p"}]}                                      | name is missing
            {"cniVersion":"1.0.0","name":7,"plugins":[{"type":"p"}]}                             | name must be a string
            {"cniVersion":"1.0.0","name":"../n","plugins":[{"type":"p"}]}                        | name "../n" is not valid
            {"cniVersion":"1.0.0","name":"n"}                                                    | type is missing
            {"cniVersion":"1.0.0","name":"n","plugins":[]}                                       | at least one plugin
            {"cniVersion":"1.0.0","name":"n","plugins":["p"]}                                    | plugins must hold objects
            {"cniVersion":"1.0.0","name":"n","plugins":[{"type":"../../bin/sh"}]}                | plugin type "../../bin/sh" is not valid
            {"cniVersion":"1.0.0","name":"n","plugins":[{"type":".."}]}                          | plugin type ".." is not valid
            {"cniVersion":"1.0.0","name":"n","plugins":[{"type":"a\\u0000b"}]}                   | is not valid
            {"cniVersion":"1.0.0","name":"n","plugins":[{"type":"p","capabilities":[]}]}         | capabilities of plugin "p" must be an object
            {"cniVersion":"1.0.0","name":"n","plugins":[{"type":"p","capabilities":{"dns":1}}]}  | capability "dns" of plugin "p" must be true or false
            {"cniVersion":"1.0.0","name":"n","disableCheck":"yes","plugins":[{"type":"p"}]}      | disableCheck must be true or false
            """)
    void badListSaysWhatIsWrong(String json, String message) {
        assertThatThrownBy(() -> parse(json)).isInstanceOf(ConfigException.class).hasMessageContaining(message);
    }
}
