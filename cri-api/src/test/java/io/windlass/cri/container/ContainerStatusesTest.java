package io.windlass.cri.container;

import io.windlass.cri.v1.LinuxContainerResources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ContainerStatusesTest {
    @ParameterizedTest
    @CsvSource({"1000, 0, 1000", "1000, 2000, 2000", "1000, -1, -1", "0, 0, 0", "-1, 0, 0"})
    void tellsTheLimitOfMemoryAndSwapThatIsInForce(long memory, long swap, long told) {
        var wanted = LinuxContainerResources.newBuilder().setMemoryLimitInBytes(memory).setMemorySwapLimitInBytes(swap).setCpuShares(7)
                .build();
        assertThat(ContainerStatuses.inForce(wanted)).isEqualTo(wanted.toBuilder().setMemorySwapLimitInBytes(told).build());
    }
}
