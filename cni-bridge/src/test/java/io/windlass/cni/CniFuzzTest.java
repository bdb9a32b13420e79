package io.windlass.cni;

import io.windlass.shim.fuzz.Fuzz;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What plugins print and what lists say: read or refused by name. */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class CniFuzzTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void results() throws Exception {
        String result = """
                {"cniVersion":"1.0.0","interfaces":[{"name":"eth0","mac":"02:00:00:00:00:01","sandbox":"/run/netns/a"}],
                "ips":[{"version":"4","address":"10.1.2.3/24","gateway":"10.1.2.1","interface":0},{"address":"fd00::2/64"}],
                "routes":[{"dst":"0.0.0.0/0","gw":"10.1.2.1"}],"dns":{"nameservers":["10.0.0.1"],"search":["a"],"options":["b"]}}""";
        Fuzz.run("result", List.of(bytes(result)), input -> {
            try {
                NetworkResult decoded = ResultCodec.decode("net", Json.parseObject(input));
                return decoded.podIps().size() + " " + decoded.interfaces().size() + " " + decoded.routes().size();
            } catch (ConfigException | MalformedJsonException e) {
                return e.getMessage();
            }
        });
    }

    @Test
    void lists() throws Exception {
        String list = """
                {"cniVersion":"1.0.0","cniVersions":["0.4.0","1.1.0"],"name":"pods","disableCheck":true,"disableGC":false,"plugins":[
                {"type":"bridge","capabilities":{"portMappings":true},"ipam":{"type":"host-local","subnet":"10.1.0.0/16"}},{"type":"firewall"}]}""";
        Fuzz.run("list", List.of(bytes(list)), input -> {
            try {
                return ConfigParser.parse("10-a.conflist", input).plugins().size();
            } catch (ConfigException e) {
                return e.getMessage();
            }
        });
    }

    @Test
    void records() throws Exception {
        byte[] record = Files.readAllBytes(Path.of("src/test/resources/records/v1/attachment.json"));
        Fuzz.run("attachment", List.of(record), input -> {
            try {
                return AttachmentRecord.parse(input).ifName().length();
            } catch (ConfigException e) {
                return e.getMessage();
            }
        });
    }
}
