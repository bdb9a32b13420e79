package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.SupplementalGroupsPolicy;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Who a container runs as, by request and image, and what its status says of it. The image knows app (1000, in group extra 2000). */
@OnNode
class IdentityTest {
    private static final String IDS = "id -u; id -g; id -G | tr ' ' '\\n' | sort -n | tr '\\n' ' '";

    /** @param groups the supplementary ones of the request, with spaces */
    private static Consumer<LinuxContainerSecurityContext.Builder> who(@Nullable String user, @Nullable String group,
            @Nullable String groups,
            String policy) {
        return s -> {
            if (user != null && Character.isDigit(user.charAt(0))) {
                s.getRunAsUserBuilder().setValue(Long.parseLong(user));
            } else if (user != null) {
                s.setRunAsUsername(user);
            }
            if (group != null) {
                s.getRunAsGroupBuilder().setValue(Long.parseLong(group));
            }
            if (groups != null) {
                List.of(groups.split(" ")).forEach(g -> s.addSupplementalGroups(Long.parseLong(g)));
            }
            s.setSupplementalGroupsPolicy(SupplementalGroupsPolicy.valueOf(policy));
        };
    }

    @ParameterizedTest
    @CsvSource({",,,0,0,0", "app,,,1000,1000,1000 2000", "1000,,,1000,1000,1000 2000", "1000,5,,1000,5,5 2000",
            "app,5,7 8,1000,5,5 7 8 2000",
            "app,,1000 2000,1000,1000,1000 2000", "1234,,,1234,0,0", "1234,,6,1234,0,0 6", "1234,99,,1234,99,99",
            "2147483647,2147483647,,2147483647,2147483647,2147483647", "0,,2147483647,0,0,0 2147483647"})
    void isOfRequestAndImageMerged(String user, String group, String more, long uid, long gid, String groups, Node node) throws Exception {
        assertThat(ProcessTest.output(node, ProcessTest.user(who(user, group, more, "Merge")), IDS))
                .isEqualTo(uid + "\n" + gid + "\n" + groups + " ");
    }

    @ParameterizedTest
    @CsvSource({"app,,,1000,1000,1000", "1000,5,,1000,5,5", "app,5,7 8,1000,5,5 7 8", "1234,,6,1234,0,0 6"})
    @DiffersOn(value = "containerd", why = "1.6 knows one policy")
    void isOfTheRequestAloneWhenStrict(String user, String group, String more, long uid, long gid, String groups, Node node)
            throws Exception {
        assertThat(ProcessTest.output(node, ProcessTest.user(who(user, group, more, "Strict")), IDS))
                .isEqualTo(uid + "\n" + gid + "\n" + groups + " ");
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 does not tell the user")
    void isToldByTheStatus(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            for (String policy : List.of("Merge", "Strict")) {
                PodContainer container = pod
                        .start(ProcessTest.user(who("app", "5", "7", policy)).andThen(c -> c.addCommand("sleep").addCommand("1000")));
                var user = container.status().getUser().getLinux();
                assertThat(user.getUid()).isEqualTo(1000);
                assertThat(user.getGid()).isEqualTo(5);
                assertThat(user.getSupplementalGroupsList())
                        .containsExactlyElementsOf(policy.equals("Merge") ? List.of(5L, 7L, 2000L) : List.of(5L, 7L));
                assertThat(container.sh(IDS)).isEqualTo("1000\n5\n" + (policy.equals("Merge") ? "5 7 2000 " : "5 7 "));
            }
        }
    }

    @Test
    void isNotAGroupAlone(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            Failure.of(node, Code.INVALID_ARGUMENT, () -> pod.create(ProcessTest.user(who(null, "5", null, "Merge"))));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"app|1000 1000", "1000|1000 1000", "1234|1234 0", "app:extra|1000 2000", "1234:extra|1234 2000",
            "1234:77|1234 77", "root:root|0 0", "''|0 0"})
    void isOfTheImage(String user, String expected, Node node) throws Exception {
        node.registry().push("user", "1", TestImages.busybox().with("User", user));
        try (Pulled image = Pulled.pull(node, node.registry().reference("user:1")); Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(of(image).andThen(c -> c.addAllCommand(List.of("sh", "-c", "echo $(id -u) $(id -g)"))));
            assertThat(container.output()).isEqualTo(expected + "\n");
            container.remove();
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 takes an empty group for that of root")
    void isOfThePasswordFileWhereTheImageNamesAnEmptyGroup(Node node) throws Exception {
        isOfTheImage("app:", "1000 1000", node);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"stranger|FAILED_PRECONDITION", "-1|FAILED_PRECONDITION", "+5|FAILED_PRECONDITION",
            "0x10|FAILED_PRECONDITION",
            "1 2|FAILED_PRECONDITION", "app:strangers|FAILED_PRECONDITION", "2147483648|INVALID_ARGUMENT", "4294967296|INVALID_ARGUMENT",
            "99999999999999999999999|INVALID_ARGUMENT", "app:2147483648|INVALID_ARGUMENT", "1000:4294967296|INVALID_ARGUMENT",
            ":|INVALID_ARGUMENT", "app:extra:x|INVALID_ARGUMENT"})
    @DiffersOn(value = "containerd", why = "1.6 takes numbers beyond 31 bits, and no user at all")
    void isRefusedWhereTheImageNamesNobody(String user, Code code, Node node) throws Exception {
        node.registry().push("nobody", "1", TestImages.busybox().with("User", user));
        try (Pulled image = Pulled.pull(node, node.registry().reference("nobody:1")); Pod pod = Pod.run(node)) {
            Failure.of(node, code, () -> pod.start(of(image).andThen(c -> c.addCommand("true"))));
        }
    }

    private static Consumer<ContainerConfig.Builder> of(Pulled image) {
        return c -> c.getImageBuilder().setImage(image.name());
    }
}
