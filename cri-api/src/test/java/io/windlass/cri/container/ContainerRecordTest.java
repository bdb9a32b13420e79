package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Created;
import io.windlass.cri.container.ContainerLife.Exited;
import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.container.ContainerRecord.Volume;
import io.windlass.cri.container.spec.ContainerUser;
import io.windlass.cri.container.spec.ImageFacts;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerFilter;
import io.windlass.cri.v1.ContainerMetadata;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStateValue;
import io.windlass.cri.v1.LinuxContainerResources;
import io.windlass.cri.v1.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ContainerRecordTest {
    private static final ShimRef SHIM = new ShimRef(10, 1234567890123L, 11, "boot");
    private static final Running RUNNING = new Running(5, SHIM);
    static final ContainerRecord CREATED = new ContainerRecord(ObjectId.random(), ObjectId.random(),
            ContainerConfig.newBuilder().setMetadata(ContainerMetadata.newBuilder().setName("c").setAttempt(1)).putLabels("a", "b").build(),
            1234567890123456789L,
            new ImageFacts("sha256:1", "r@sha256:2", "r:t", "sha256:3", "u", List.of("e"), List.of("c", "d"), List.of("A=b"), "/w", "HUP",
                    List.of("/data")),
            new ContainerUser(1, 2, List.of(2, 3), "/home"), "/logs/c.log", 15,
            LinuxContainerResources.newBuilder().setCpuShares(7).putUnified("a", "b").build(), List.of(new Volume("/data", "0")),
            List.of(new ContainerRecord.ImageMount("/model", "a/b", "sha256:5", "sha256:6")),
            new Created());

    @Test
    void readsWhatItWrote() throws Exception {
        for (var life : List.of(new Created(), RUNNING, new Exited(5, 6, 137, "OOMKilled", "out of \"memory\"\n"))) {
            var record = CREATED.with(life);
            assertThat(ContainerJson.read(JsonMapper.shared().readTree(ContainerJson.write(record)))).isEqualTo(record);
        }
    }

    @Test
    void goesThroughItsStates() {
        var running = new Created().started(5, SHIM);
        assertThat(running).isEqualTo(RUNNING);
        assertThat(new Created().startFailed(6, "no")).isEqualTo(new Exited(0, 6, 128, "StartError", "no"));
        assertThatThrownBy(() -> running.started(6, SHIM)).hasMessageContaining("CONTAINER_RUNNING");
        assertThatThrownBy(() -> running.startFailed(6, "")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> running.exited(6, 0, false).started(7, SHIM)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @CsvSource({"0,false,Completed", "0,true,Completed", "1,false,Error", "137,true,OOMKilled", "137,false,Error"})
    void namesTheReasonOfTheEnd(int code, boolean oomKilled, String reason) {
        assertThat(RUNNING.exited(6, code, oomKilled)).isEqualTo(new Exited(5, 6, code, reason, ""));
    }

    @Test
    void marksAnEndThatNobodySaw() {
        assertThat(RUNNING.lost(9)).isInstanceOfSatisfying(Exited.class, end -> assertThat(end.code()).isEqualTo(255));
        assertThat(new Created().lost(9)).isEqualTo(new Created());
    }

    @Test
    void keepsTheFirstEnd() {
        var end = RUNNING.exited(6, 3, false);
        assertThat(end.exited(7, 0, false)).isSameAs(end);
    }

    @Test
    void showsWhatAClientWantsToKnow() {
        var status = ContainerStatuses.of(CREATED.with(new Exited(5, 6, 3, "Error", "m")));
        assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
        assertThat(status.getExitCode()).isEqualTo(3);
        assertThat(status.getImage().getImage()).isEqualTo("r:t");
        assertThat(status.getImageRef()).isEqualTo("r@sha256:2");
        assertThat(status.getImageId()).isEqualTo("sha256:1");
        assertThat(status.getStopSignal()).isEqualTo(Signal.SIGNAL_SIGTERM);
        assertThat(status.getUser().getLinux().getSupplementalGroupsList()).containsExactly(2L, 3L);
        assertThat(ContainerStatuses.of(CREATED).getStartedAt()).isZero();
    }

    @Test
    void matchesFilters() {
        assertThat(ContainerFilters.matches(ContainerFilter.getDefaultInstance(), CREATED)).isTrue();
        assertThat(matches(ContainerFilter.newBuilder().setId(CREATED.id().shortened()))).isTrue();
        assertThat(matches(ContainerFilter.newBuilder().setPodSandboxId(CREATED.sandbox().value()))).isTrue();
        assertThat(matches(ContainerFilter.newBuilder().setPodSandboxId(CREATED.id().value()))).isFalse();
        assertThat(matches(ContainerFilter.newBuilder().putLabelSelector("a", "b"))).isTrue();
        assertThat(matches(ContainerFilter.newBuilder().putLabelSelector("a", "c"))).isFalse();
        assertThat(matches(ContainerFilter.newBuilder()
                .setState(ContainerStateValue.newBuilder().setState(ContainerState.CONTAINER_RUNNING)))).isFalse();
    }

    private static boolean matches(ContainerFilter.Builder filter) {
        return ContainerFilters.matches(filter.build(), CREATED);
    }
}
