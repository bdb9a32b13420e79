package io.windlass.cni.bridge;

import io.windlass.cni.Cidr;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AddressPoolTest {
    private static String take(AddressPool pool) {
        return pool.take().orElseThrow().getHostAddress();
    }

    @Test
    void networkGatewayAndBroadcastAreNotGivenOut() {
        AddressPool pool = new AddressPool(Cidr.parse("192.168.7.8/29"));
        Set<String> all = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            all.add(take(pool));
        }
        assertThat(all).containsExactlyInAnyOrder("192.168.7.10", "192.168.7.11", "192.168.7.12", "192.168.7.13", "192.168.7.14");
        assertThat(pool.take()).isEmpty();
    }

    @Test
    void addressThatWasGivenBackComesLast() {
        AddressPool pool = new AddressPool(Cidr.parse("10.0.0.0/29"));
        assertThat(take(pool)).isEqualTo("10.0.0.2");
        pool.giveBack(Cidr.parseAddress("10.0.0.2"));
        assertThat(take(pool)).isEqualTo("10.0.0.3");
        take(pool);
        take(pool);
        assertThat(take(pool)).isEqualTo("10.0.0.6");
        assertThat(take(pool)).isEqualTo("10.0.0.2");
    }

    @Test
    void markedAddressesAreTakenAndTheSearchGoesOnBehindThem() {
        AddressPool pool = new AddressPool(Cidr.parse("10.4.0.0/16"));
        assertThat(pool.mark(Cidr.parseAddress("10.4.1.254"))).isTrue();
        assertThat(pool.mark(Cidr.parseAddress("10.4.1.255"))).isTrue();
        assertThat(pool.mark(Cidr.parseAddress("10.5.0.2"))).isFalse();
        assertThat(pool.mark(Cidr.parseAddress("10.3.255.9"))).isFalse();
        assertThat(pool.mark(Cidr.parseAddress("fd00::2"))).isFalse();
        assertThat(take(pool)).isEqualTo("10.4.2.0");
        assertThat(pool.inUse()).isEqualTo(3);
    }

    @Test
    void largeSubnetsCostNothingUntilUsed() {
        assertThat(take(new AddressPool(Cidr.parse("fd00::/8")))).isEqualTo("fd00:0:0:0:0:0:0:2");
        AddressPool wide = new AddressPool(Cidr.parse("0.0.0.0/0"));
        assertThat(take(wide)).isEqualTo("0.0.0.2");
    }
}
