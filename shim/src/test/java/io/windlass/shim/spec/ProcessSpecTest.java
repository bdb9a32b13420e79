package io.windlass.shim.spec;

import io.windlass.shim.spec.SecurityLabel.AppArmorProfile;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProcessSpecTest {
    private static final SecurityLabel LABEL = new AppArmorProfile("strict");
    private static final ProcessSpec LABELLED = ProcessSpec.of(List.of("true"), List.of("A=1")).withLabel(LABEL);

    /** A command in a container is the container's process with changes: one that lost the label would run unconfined. */
    @Test
    void keepsItsLabelWhateverChanges() {
        assertThat(List.of(LABELLED.withArgs(List.of("sh")), LABELLED.withDefault("TERM", "xterm"), LABELLED.withTerminal(true),
                LABELLED.withUser(UserSpec.ROOT), LABELLED.withCwd("/tmp"))).extracting(ProcessSpec::label).containsOnly(LABEL);
    }

    @Test
    void takesADefaultOnlyWhereThereIsNoValue() {
        assertThat(LABELLED.withDefault("A", "2").env()).containsExactly("A=1");
        assertThat(LABELLED.withDefault("B", "2").env()).containsExactly("A=1", "B=2");
    }
}
