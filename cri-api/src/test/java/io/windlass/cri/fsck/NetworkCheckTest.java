package io.windlass.cri.fsck;

import io.windlass.snapshotter.content.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class NetworkCheckTest {
    @TempDir
    private Path root;

    private List<Finding> check() throws IOException {
        var findings = new ArrayList<Finding>();
        var attached = NetworkCheck.run(new Ledger(root, root, Map.of(), Map.of(), Set.of()), living -> {
        }, findings);
        assertThat(attached).isEmpty();
        return findings;
    }

    /** A second round would delete what the first has set aside. */
    @Test
    void mendsADamagedRecordOfThePodsNetworksAtOnceAsItSays() throws Exception {
        Files.writeString(Files.createDirectories(root.resolve("cni")).resolve("pod-cidrs"), "damaged");
        var finding = check().getFirst();
        assertThat(finding.object()).isEqualTo("the pods' networks");
        assertThat(finding.remedy()).startsWith("a repair deletes it");
        Objects.requireNonNull(finding.repair()).run();
        assertThat(check()).isEmpty();
        assertThat(root.resolve("cni")).isEmptyDirectory();
    }
}
