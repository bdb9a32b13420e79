package io.windlass.cri.container.spec;

import io.windlass.cri.v1.HugepageLimit;
import io.windlass.cri.v1.LinuxContainerResources;
import io.windlass.shim.spec.Resources;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CgroupLimitsTest {
    @Test
    void saysNothingForZeros() {
        assertThat(of(LinuxContainerResources.newBuilder())).isEqualTo(Resources.NONE);
    }

    @Test
    void convertsEveryField() {
        var limits = CgroupLimits.of(LinuxContainerResources.newBuilder().setCpuPeriod(100000).setCpuQuota(50000).setCpuShares(512)
                .setMemoryLimitInBytes(1 << 20).setCpusetCpus("0").setCpusetMems("0").putUnified("memory.high", "max")
                .addHugepageLimits(HugepageLimit.newBuilder().setPageSize("2MB").setLimit(4)).build(), 99, List.of());
        assertThat(limits.cpu()).isEqualTo(new Resources.Cpu(512L, 50000L, 100000L, "0", "0"));
        assertThat(limits.memory()).isEqualTo(new Resources.Memory(1L << 20, 1L << 20, null));
        assertThat(limits.pidsLimit()).isEqualTo(99);
        assertThat(limits.unified()).containsEntry("memory.high", "max");
        assertThat(limits.hugepageLimits()).containsEntry("2MB", 4L);
    }

    @Test
    void clampsSharesAsTheKernelDoes() {
        assertThat(of(LinuxContainerResources.newBuilder().setCpuShares(1)).cpu().shares()).isEqualTo(2);
        assertThat(of(LinuxContainerResources.newBuilder().setCpuShares(1L << 40)).cpu().shares()).isEqualTo(262144);
    }

    @Test
    void changesOnlyWhatAnUpdateSets() {
        var old = LinuxContainerResources.newBuilder().setCpuShares(2).setMemoryLimitInBytes(1 << 30).setOomScoreAdj(-5).build();
        var merged = CgroupLimits.merge(old, LinuxContainerResources.newBuilder().setCpuShares(1024).build());
        assertThat(merged).isEqualTo(old.toBuilder().setCpuShares(1024).build());
    }

    static Stream<LinuxContainerResources.Builder> impossible() {
        return Stream.of(LinuxContainerResources.newBuilder().setMemoryLimitInBytes(1000),
                LinuxContainerResources.newBuilder().setMemoryLimitInBytes(-2),
                LinuxContainerResources.newBuilder().setMemoryLimitInBytes(1 << 20).setMemorySwapLimitInBytes(1 << 19),
                LinuxContainerResources.newBuilder().setCpuShares(-1), LinuxContainerResources.newBuilder().setCpuQuota(-2),
                LinuxContainerResources.newBuilder().setCpuQuota(999), LinuxContainerResources.newBuilder().setCpuPeriod(999),
                LinuxContainerResources.newBuilder().setCpuPeriod(1_000_001), LinuxContainerResources.newBuilder().setCpusetCpus("all"),
                LinuxContainerResources.newBuilder().setCpusetCpus("0,"), LinuxContainerResources.newBuilder().setCpusetCpus("0 1"),
                LinuxContainerResources.newBuilder().setCpusetCpus("-1"), LinuxContainerResources.newBuilder().setCpusetCpus("3-1"),
                LinuxContainerResources.newBuilder().setCpusetCpus("0\n"), LinuxContainerResources.newBuilder().setCpusetMems("0-x"),
                LinuxContainerResources.newBuilder().putUnified("../x", "1"),
                LinuxContainerResources.newBuilder().putUnified("cgroup.procs", "1"));
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void refusesWhatNoCgroupTakes(LinuxContainerResources.Builder resources) {
        assertThatThrownBy(() -> of(resources)).isInstanceOf(io.windlass.cri.error.CriException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0-3", "1,3-5,7", "0-1023:2/256", "3-3"})
    void takesListsAsTheKernelDoes(String list) {
        var limits = of(LinuxContainerResources.newBuilder().setCpusetCpus(list).setCpusetMems(list).setCpuPeriod(1000).setCpuQuota(1000));
        assertThat(limits.cpu()).isEqualTo(new Resources.Cpu(null, 1000L, 1000L, list, list));
        assertThat(of(LinuxContainerResources.newBuilder().setCpuPeriod(1_000_000).setCpuQuota(-1)).cpu().quota()).isEqualTo(-1);
    }

    @Test
    void refusesAnOomScoreOutOfRange() {
        assertThatThrownBy(() -> CgroupLimits.oomScoreAdj(LinuxContainerResources.newBuilder().setOomScoreAdj(1001).build()))
                .hasMessageContaining("-1000 to 1000");
    }

    private static Resources of(LinuxContainerResources.Builder resources) {
        return CgroupLimits.of(resources.build(), 0, List.of());
    }
}
