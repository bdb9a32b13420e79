package io.windlass.cri.container.spec;

import io.windlass.cri.v1.Capability.Builder;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.shim.spec.Capabilities;
import io.windlass.shim.spec.Capability;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GrantedCapabilitiesTest {
    private static final Set<Capability> EVERY = EnumSet.allOf(Capability.class);

    @Test
    void grantsTheDefaultOnes() {
        assertThat(granted(io.windlass.cri.v1.Capability.newBuilder())).isEqualTo(Capabilities.DEFAULT.bounding());
    }

    @Test
    void addsAndDropsByName() {
        assertThat(granted(capabilities().addAddCapabilities("net_admin").addAddCapabilities("CAP_SYS_TIME").addDropCapabilities("CHOWN")))
                .contains(Capability.NET_ADMIN, Capability.SYS_TIME).doesNotContain(Capability.CHOWN);
    }

    @Test
    void takesAllFirst() {
        assertThat(granted(capabilities().addAddCapabilities("ALL").addDropCapabilities("SYS_ADMIN")))
                .hasSize(EVERY.size() - 1).doesNotContain(Capability.SYS_ADMIN);
        assertThat(granted(capabilities().addDropCapabilities("all").addAddCapabilities("KILL"))).containsExactly(Capability.KILL);
        assertThat(granted(capabilities().addDropCapabilities("ALL"))).isEmpty();
    }

    @Test
    void grantsAllThatThereAreWhenPrivileged() {
        var context = LinuxContainerSecurityContext.newBuilder().setPrivileged(true).build();
        var possible = EnumSet.complementOf(EnumSet.of(Capability.SYS_RESOURCE));
        assertThat(GrantedCapabilities.of(context, possible).bounding()).isEqualTo(possible);
    }

    @Test
    void keepsTheAmbientSetEmpty() {
        var context = context(capabilities().addAddAmbientCapabilities("NET_ADMIN"));
        assertThat(GrantedCapabilities.of(context, EVERY).ambient()).isEmpty();
    }

    @Test
    void refusesWhatIsNone() {
        assertThatThrownBy(() -> granted(capabilities().addDropCapabilities("FLY"))).hasMessageStartingWith("capability \"FLY\"");
    }

    private static Set<Capability> granted(Builder capabilities) {
        return GrantedCapabilities.of(context(capabilities), EVERY).bounding();
    }

    private static Builder capabilities() {
        return io.windlass.cri.v1.Capability.newBuilder();
    }

    private static LinuxContainerSecurityContext context(Builder capabilities) {
        return LinuxContainerSecurityContext.newBuilder().setCapabilities(capabilities).build();
    }
}
