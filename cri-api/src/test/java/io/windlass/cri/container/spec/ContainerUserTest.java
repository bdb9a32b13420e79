package io.windlass.cri.container.spec;

import io.grpc.Status.Code;
import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.Int64Value;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.SupplementalGroupsPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ContainerUserTest {
    private static final Accounts ACCOUNTS = Accounts.parse("""
            root:x:0:0:root:/root:/bin/sh
            web:x:1000:1001:Web:/srv/web:/bin/sh
            evil:x:1002:1002::/x\u0001y:/bin/sh
            wrapped:x:4294967296:0::/:/bin/sh
            short:x:7
            """, """
            root:x:0:
            web:x:1001:
            audio:x:29:web,other
            video:x:44:other
            disk:x:6:web
            """);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''        | 0    | 0    | 0          | /root
            root      | 0    | 0    | 0          | /root
            web       | 1000 | 1001 | 6 29 1001  | /srv/web
            1000      | 1000 | 1001 | 6 29 1001  | /srv/web
            web:audio | 1000 | 29   | 6 29       | /srv/web
            1000:5    | 1000 | 5    | 5 6 29     | /srv/web
            4711      | 4711 | 0    | 0          | /
            4711:4712 | 4711 | 4712 | 4712       | /
            evil      | 1002 | 1002 | 1002       | /
            2147483647| 2147483647 | 0 | 0       | /
            """)
    void takesTheImagesUser(String user, int uid, int gid, String groups, String home) {
        var resolved = ContainerUser.resolve(LinuxContainerSecurityContext.getDefaultInstance(), user, ACCOUNTS);
        assertThat(resolved.uid()).isEqualTo(uid);
        assertThat(resolved.gid()).isEqualTo(gid);
        assertThat(resolved.groups()).extracting(String::valueOf).containsExactly(groups.split(" "));
        assertThat(resolved.home()).isEqualTo(home);
    }

    @Test
    void prefersTheRequestToTheImage() {
        var context = LinuxContainerSecurityContext.newBuilder().setRunAsUser(value(5)).setRunAsGroup(value(6)).build();
        assertThat(ContainerUser.resolve(context, "web", ACCOUNTS)).isEqualTo(new ContainerUser(5, 6, List.of(6), "/"));
        var named = LinuxContainerSecurityContext.newBuilder().setRunAsUsername("web").build();
        assertThat(ContainerUser.resolve(named, "root", ACCOUNTS).uid()).isEqualTo(1000);
    }

    @Test
    void addsGroupsByPolicy() {
        var context = LinuxContainerSecurityContext.newBuilder().setRunAsUser(value(1000)).addSupplementalGroups(77);
        assertThat(ContainerUser.resolve(context.build(), "", ACCOUNTS).groups()).containsExactly(6, 29, 77, 1001);
        context.setSupplementalGroupsPolicy(SupplementalGroupsPolicy.Strict);
        assertThat(ContainerUser.resolve(context.build(), "", ACCOUNTS).groups()).containsExactly(77, 1001);
        context.setSupplementalGroupsPolicyValue(9);
        assertThatThrownBy(() -> ContainerUser.resolve(context.build(), "", ACCOUNTS))
                .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "web:nogroup", "-1", "+5", "0x10", "wrapped"})
    void refusesAnUnknownName(String user) {
        assertThatThrownBy(() -> ContainerUser.resolve(LinuxContainerSecurityContext.getDefaultInstance(), user, ACCOUNTS))
                .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION))
                .hasMessageContaining("is not in the image's /etc/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2147483648", "4294967296", "99999999999999999999", "0:2147483648"})
    void refusesAnIdOutOfRange(String user) {
        assertThatThrownBy(() -> ContainerUser.resolve(LinuxContainerSecurityContext.getDefaultInstance(), user, ACCOUNTS))
                .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT));
    }

    @Test
    void refusesRequestsThatAreNoUser() {
        for (var context : List.of(LinuxContainerSecurityContext.newBuilder().setRunAsGroup(value(1)),
                LinuxContainerSecurityContext.newBuilder().setRunAsUser(value(-1)),
                LinuxContainerSecurityContext.newBuilder().setRunAsUser(value(1L << 31)),
                LinuxContainerSecurityContext.newBuilder().setRunAsUser(value(1)).setRunAsGroup(value(1L << 32)),
                LinuxContainerSecurityContext.newBuilder().addSupplementalGroups(-5))) {
            assertThatThrownBy(() -> ContainerUser.resolve(context.build(), "", ACCOUNTS))
                    .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT));
        }
    }

    private static Int64Value value(long value) {
        return Int64Value.newBuilder().setValue(value).build();
    }
}
