package io.windlass.cri.config;

import io.windlass.cni.Cidr;
import io.windlass.cni.PodCidrs;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Networks with room for pods in CIDR form: of IPv4 with a prefix of 8 to 29 bits, of IPv6 with one of up to 125, or both; or none. */
record Subnets() implements Kind<String> {

    @Override
    public String read(JsonNode node) {
        String text = Kind.text().read(node);
        if (text.isEmpty()) {
            return text;
        }
        try {
            var networks = PodCidrs.parse(text);
            if (networks.stream().allMatch(Subnets::fits)) {
                return networks.stream().map(Cidr::toString).collect(Collectors.joining(","));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(wanted(text), e);
        }
        throw new IllegalArgumentException(wanted(text));
    }

    private static String wanted(String text) {
        return "want an IPv4 network like 10.87.0.0/16 with a prefix of 8 to 29, an IPv6 network like fd00:87::/64, or both with a comma between, "
                + "not \"" + text + "\"";
    }

    @Override
    public String write(String value) {
        return Kind.text().write(value);
    }

    private static boolean fits(Cidr network) {
        return network.isIpv4() ? network.prefix() >= 8 && network.prefix() <= 29 : network.prefix() >= 8 && network.prefix() <= 125;
    }
}
