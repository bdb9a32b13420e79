package io.windlass.cni;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CidrTest {
    @ParameterizedTest
    @CsvSource({"10.88.3.4/16, 10.88.0.0/16", "10.88.3.4/32, 10.88.3.4/32", "10.88.3.4/0, 0.0.0.0/0", "10.88.3.255/25, 10.88.3.128/25",
            "fd00:1::9/64, fd00:1::/64", "fd00::f/127, fd00::e/127"})
    void networkKeepsThePrefix(String address, String network) {
        assertThat(Cidr.parse(address).network()).hasToString(network);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.88.0.0", "10.88.0.0/33", "10.88.0.0/-1", "10.88.0.0/", "/8", "localhost/8", "fe80::1%eth0/64", "::/129",
            "10.1/8"})
    void othersAreRefusedWithoutALookup(String text) {
        assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void containsIsByFamilyAndPrefix() {
        Cidr network = Cidr.parse("10.88.0.0/16");
        assertThat(network.contains(Cidr.parseAddress("10.88.255.1"))).isTrue();
        assertThat(network.contains(Cidr.parseAddress("10.89.0.1"))).isFalse();
        assertThat(network.contains(Cidr.parseAddress("fd00::1"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0:0:0:0:0:0:0:0, ::", "0:0:0:0:0:0:0:1, ::1", "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
            "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
            "fd00:0:0:1:0:0:0:0, fd00:0:0:1::", "10.0.0.7, 10.0.0.7"})
    void textIsCanonical(String address, String text) {
        assertThat(Addresses.text(Cidr.parseAddress(address))).isEqualTo(text);
    }
}
