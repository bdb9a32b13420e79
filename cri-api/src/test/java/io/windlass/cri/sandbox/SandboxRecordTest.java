package io.windlass.cri.sandbox;

import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.PodSandboxFilter;
import io.windlass.cri.v1.PodSandboxMetadata;
import io.windlass.cri.v1.PodSandboxState;
import io.windlass.cri.v1.PodSandboxStateValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SandboxRecordTest {
    private final SandboxRecord created = new SandboxRecord(ObjectId.random(), PodSandboxConfig.newBuilder()
            .setMetadata(PodSandboxMetadata.newBuilder().setName("web").setNamespace("default").setUid("u").setAttempt(2))
            .putLabels("app", "web").putLabels("tier", "front").build(), "", 1234567890123456789L, SandboxState.CREATING, List.of(),
            new PodCgroup("/windlass/x", List.of("/windlass/x")), false);

    @Test
    void readsWhatItWrote() throws Exception {
        for (var record : List.of(created, created.ready(List.of("10.0.0.2", "fd00::2")), created.notReady().offNetwork())) {
            assertThat(SandboxRecord.parse(JsonMapper.shared().readTree(record.toJson()))).isEqualTo(record);
        }
    }

    @Test
    void refusesARecordOfALaterVersion() {
        var later = new String(created.toJson(), StandardCharsets.UTF_8).replace("\"version\":2", "\"version\":3");
        assertThatThrownBy(() -> SandboxRecord.parse(JsonMapper.shared().readTree(later)))
                .hasMessageStartingWith("record version 3 is of a later windlass");
    }

    @Test
    void goesThroughItsStates() {
        assertThat(created.state().toCri()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
        var ready = created.ready(List.of("10.0.0.2"));
        assertThat(ready.state().toCri()).isEqualTo(PodSandboxState.SANDBOX_READY);
        assertThat(ready.notReady().ips()).containsExactly("10.0.0.2");
        assertThatThrownBy(() -> ready.notReady().ready(List.of())).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @CsvSource({"CREATING,READY,true", "CREATING,NOT_READY,true", "READY,NOT_READY,true", "NOT_READY,NOT_READY,true",
            "READY,CREATING,false", "NOT_READY,READY,false", "CREATING,UNFINISHED,true", "UNFINISHED,READY,false",
            "READY,UNFINISHED,false"})
    void allowsOnlyTheTransitionsDrawn(SandboxState from, SandboxState to, boolean allowed) {
        assertThat(from.mayBecome(to)).isEqualTo(allowed);
    }

    @Test
    void matchesFilters() {
        var ready = created.ready(List.of());
        assertThat(SandboxFilter.matches(PodSandboxFilter.getDefaultInstance(), ready)).isTrue();
        assertThat(SandboxFilter.matches(PodSandboxFilter.newBuilder().setId(ready.id().shortened()).build(), ready)).isTrue();
        assertThat(SandboxFilter.matches(PodSandboxFilter.newBuilder().setId("x").build(), ready)).isFalse();
        assertThat(SandboxFilter.matches(state(PodSandboxState.SANDBOX_READY), ready)).isTrue();
        assertThat(SandboxFilter.matches(state(PodSandboxState.SANDBOX_NOTREADY), ready)).isFalse();
        assertThat(SandboxFilter.matches(label("app", "web"), ready)).isTrue();
        assertThat(SandboxFilter.matches(label("app", "db"), ready)).isFalse();
        assertThat(SandboxFilter.matches(label("other", "web"), ready)).isFalse();
    }

    private static PodSandboxFilter state(PodSandboxState state) {
        return PodSandboxFilter.newBuilder().setState(PodSandboxStateValue.newBuilder().setState(state)).build();
    }

    private static PodSandboxFilter label(String name, String value) {
        return PodSandboxFilter.newBuilder().putLabelSelector(name, value).build();
    }
}
