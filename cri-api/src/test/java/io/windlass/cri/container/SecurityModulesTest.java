package io.windlass.cri.container;

import io.grpc.Status.Code;
import io.windlass.cri.error.CriException;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.SELinuxOption;
import io.windlass.cri.v1.SecurityProfile;
import io.windlass.cri.v1.SecurityProfile.ProfileType;
import io.windlass.shim.spec.SecurityLabel.AppArmorProfile;
import io.windlass.shim.spec.SecurityLabel.SeLinuxContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SecurityModulesTest {
    private static final ObjectId CONTAINER = ObjectId.random();

    @TempDir
    Path sys;

    @TempDir
    Path proc;

    private long now;

    private SecurityModules modules(AppArmorParser parser) {
        return new SecurityModules(sys, proc, parser, () -> now);
    }

    /** On a node without a parser. */
    private SecurityModules modules() {
        return modules(new AppArmorParser(List.of(sys + "/nowhere")));
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(sys.resolve(file).getParent());
        Files.writeString(sys.resolve(file), text);
    }

    private static final LinuxContainerSecurityContext SILENT = LinuxContainerSecurityContext.getDefaultInstance();

    private static LinuxContainerSecurityContext appArmor(ProfileType type, String name) {
        return LinuxContainerSecurityContext.newBuilder()
                .setApparmor(SecurityProfile.newBuilder().setProfileType(type).setLocalhostRef(name)).build();
    }

    @Test
    void appliesAProfileThatIsLoaded() throws Exception {
        write("module/apparmor/parameters/enabled", "Y\n");
        write("kernel/security/apparmor/profiles", "/usr/bin/man (enforce)\nmy web (complain)\nwindlass-default (enforce)\n");
        var modules = modules();
        assertThat(modules.label(CONTAINER, appArmor(ProfileType.Localhost, "my web"))).isEqualTo(new AppArmorProfile("my web"));
        assertThat(modules.label(CONTAINER, appArmor(ProfileType.Localhost, "localhost/my web"))).isEqualTo(new AppArmorProfile("my web"));
        assertThat(modules.label(CONTAINER, LinuxContainerSecurityContext.newBuilder().setApparmorProfile("localhost/my web").build()))
                .isEqualTo(new AppArmorProfile("my web"));
        assertThat(modules.label(CONTAINER, appArmor(ProfileType.RuntimeDefault, ""))).isEqualTo(new AppArmorProfile("windlass-default"));
        assertThat(modules.label(CONTAINER, SILENT)).isEqualTo(new AppArmorProfile("windlass-default"));
        assertThat(modules.label(CONTAINER, SILENT.toBuilder().setPrivileged(true).build())).isNull();
        assertThat(modules.label(CONTAINER, appArmor(ProfileType.Unconfined, ""))).isNull();
        assertThat(modules.label(CONTAINER, LinuxContainerSecurityContext.newBuilder().setApparmorProfile("unconfined").build())).isNull();
        assertThat(modules.label(CONTAINER, appArmor(ProfileType.Localhost, "my web").toBuilder().setPrivileged(true).build())).isNull();
    }

    /** A parser that keeps what it is given, and takes it. */
    private AppArmorParser parser() {
        return new AppArmorParser(List.of("sh", "-c", "cat > " + sys + "/given && echo $* > " + sys + "/arguments"
                + " && echo 'windlass-default (enforce)' >> " + sys + "/kernel/security/apparmor/profiles", "sh"));
    }

    @Test
    void loadsTheProfileOfTheRuntime() throws Exception {
        write("module/apparmor/parameters/enabled", "Y\n");
        write("kernel/security/apparmor/profiles", "/usr/bin/man (enforce)\n");
        modules(parser()).warm();
        assertThat(sys.resolve("given")).content().contains("profile windlass-default ", "deny mount,", "deny /sys/firmware/** rwklx,");
        assertThat(sys.resolve("arguments")).hasContent("-Kr");
        assertThat(modules().label(CONTAINER, appArmor(ProfileType.RuntimeDefault, ""))).isEqualTo(new AppArmorProfile("windlass-default"));
        Files.delete(sys.resolve("given"));
        modules(parser()).warm();
        assertThat(sys.resolve("given")).as("one that is there stays").doesNotExist();
    }

    /** As aa-remove-unknown does, and whoever starts AppArmor anew. */
    @Test
    void loadsTheProfileOfTheRuntimeAgainThatSomebodyHasUnloaded() throws Exception {
        write("module/apparmor/parameters/enabled", "Y\n");
        write("kernel/security/apparmor/profiles", "");
        for (var wanted : List.of(SILENT, appArmor(ProfileType.RuntimeDefault, ""))) {
            var modules = modules(parser());
            modules.warm();
            write("kernel/security/apparmor/profiles", "");
            assertThat(modules.label(CONTAINER, wanted)).isEqualTo(new AppArmorProfile("windlass-default"));
            assertThat(sys.resolve("kernel/security/apparmor/profiles")).hasContent("windlass-default (enforce)");
        }
    }

    @Test
    void triesOnceAMinuteToLoadWhatCannotBeLoaded() throws Exception {
        write("module/apparmor/parameters/enabled", "Y\n");
        write("kernel/security/apparmor/profiles", "");
        var modules = modules(new AppArmorParser(List.of("sh", "-c", "cat > /dev/null; echo tried >> " + sys + "/tries; exit 3")));
        for (now = 0; now < 3 * 60_000_000_000L; now += 30_000_000_000L) {
            assertThat(modules.label(CONTAINER, SILENT)).isNull();
            assertThatThrownBy(() -> modules.label(CONTAINER, appArmor(ProfileType.RuntimeDefault, "")))
                    .hasMessageContaining("ended with 3");
        }
        assertThat(sys.resolve("tries")).content().isEqualTo("tried\n".repeat(3));
    }

    @Test
    void loadsNothingWhereAppArmorIsNotInUse() throws Exception {
        for (var enabled : new String[]{"", "N\n"}) {
            write("module/apparmor/parameters/enabled", enabled);
            var modules = modules(parser());
            modules.warm();
            assertThat(modules.label(CONTAINER, SILENT)).isNull();
            assertThat(sys.resolve("given")).doesNotExist();
        }
    }

    @Test
    void runsOnWhereTheProfileCannotBeLoaded() throws Exception {
        write("module/apparmor/parameters/enabled", "Y\n");
        write("kernel/security/apparmor/profiles", "");
        var absent = new AppArmorParser(List.of(sys + "/nowhere"));
        var failing = new AppArmorParser(List.of("sh", "-c", "cat > /dev/null; echo syntax error >&2; exit 3"));
        assertThatThrownBy(() -> absent.load(new byte[0])).isInstanceOf(IOException.class)
                .hasMessageContaining("install the package apparmor");
        assertThatThrownBy(() -> failing.load(new byte[0])).isInstanceOf(IOException.class).hasMessageContaining("3: syntax error");
        for (var parser : List.of(absent, failing)) {
            var modules = modules(parser);
            modules.warm();
            assertThat(modules.label(CONTAINER, SILENT)).isNull();
        }
    }

    @Test
    void refusesAProfileThatIsNotLoaded() throws Exception {
        write("module/apparmor/parameters/enabled", "Y\n");
        write("kernel/security/apparmor/profiles", "web (enforce)\n");
        for (var wanted : List.of(appArmor(ProfileType.Localhost, "we"), appArmor(ProfileType.RuntimeDefault, ""))) {
            assertThatThrownBy(() -> modules().label(CONTAINER, wanted))
                    .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION))
                    .hasMessageContaining("not loaded");
        }
        assertThat(modules().label(CONTAINER, SILENT)).isNull();
    }

    @Test
    void refusesANamedProfileWithoutTheModule() throws Exception {
        for (var enabled : new String[]{"", "N\n"}) {
            write("module/apparmor/parameters/enabled", enabled);
            for (var wanted : List.of(appArmor(ProfileType.Localhost, "web"), appArmor(ProfileType.RuntimeDefault, ""))) {
                assertThatThrownBy(() -> modules().label(CONTAINER, wanted))
                        .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION))
                        .hasMessageContaining("no AppArmor");
            }
            assertThat(modules().label(CONTAINER, SILENT)).isNull();
        }
    }

    @Test
    void refusesSeLinuxOptionsBesideAProfileOfAppArmor() throws Exception {
        write("module/apparmor/parameters/enabled", "Y\n");
        write("kernel/security/apparmor/profiles", "windlass-default (enforce)\n");
        var both = appArmor(ProfileType.RuntimeDefault, "").toBuilder().setSelinuxOptions(SELinuxOption.newBuilder().setLevel("s0:c1"))
                .build();
        assertThatThrownBy(() -> modules().label(CONTAINER, both)).hasMessageContaining("no SELinux");
    }

    @Test
    void labelsForSeLinuxWhereTheKernelHasIt() throws Exception {
        var context = LinuxContainerSecurityContext.newBuilder()
                .setSelinuxOptions(SELinuxOption.newBuilder().setType("container_logreader_t").setLevel("s0:c1")).build();
        var unconfined = LinuxContainerSecurityContext.newBuilder()
                .setSelinuxOptions(SELinuxOption.newBuilder().setType("spc_t").setLevel("s0")).build();
        assertThat(modules().label(CONTAINER, unconfined)).as("what confines nobody needs no SELinux").isNull();
        assertThatThrownBy(() -> modules().label(CONTAINER, context))
                .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION))
                .hasMessageContaining("no SELinux");
        assertThat(modules().label(CONTAINER, LinuxContainerSecurityContext.newBuilder()
                .setSelinuxOptions(SELinuxOption.getDefaultInstance()).build())).isNull();
        write("fs/selinux/enforce", "1");
        assertThat(modules().label(CONTAINER, context)).isEqualTo(new SeLinuxContext("system_u:system_r:container_logreader_t:s0:c1"));
        assertThat(modules().label(CONTAINER, unconfined)).isEqualTo(new SeLinuxContext("system_u:system_r:spc_t:s0"));
        assertThat(modules().label(CONTAINER, LinuxContainerSecurityContext.getDefaultInstance())).isNull();
        assertThat(modules().label(CONTAINER, context.toBuilder().setPrivileged(true).build())).isNull();
    }

    /** What {@code /proc/PROCESS/attr} says. */
    private void attribute(String process, String file, String text) throws IOException {
        var path = proc.resolve(process).resolve("attr").resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void takesTheProfileOfAProcessFromTheKernel() throws Exception {
        assertThat(modules().labelOf(7)).as("without a module there is nothing to read").isNull();
        write("module/apparmor/parameters/enabled", "Y\n");
        write("kernel/security/apparmor/profiles", "windlass-default (enforce)\n");
        attribute("self", "apparmor/current", "unconfined\n");
        attribute("7", "apparmor/current", "unconfined\n");
        assertThat(modules().labelOf(7)).as("it was started before there was a profile").isNull();
        attribute("7", "apparmor/current", "my (old) web (complain)\n");
        assertThat(modules().labelOf(7)).as("one that is unloaded for others").isEqualTo(new AppArmorProfile("my (old) web"));
        attribute("self", "apparmor/current", "my (old) web (complain)\n");
        assertThat(modules().labelOf(7)).as("it is inherited").isNull();
        attribute("7", "apparmor/current", "unconfined\n");
        assertThat(modules().labelOf(7)).as("not that of the daemon").isEqualTo(new AppArmorProfile("unconfined"));
        assertThatThrownBy(() -> modules().labelOf(8)).isInstanceOf(CriException.class).hasMessageContaining("process 8");
    }

    @Test
    void takesTheLabelOfAProcessWhereOneFileIsForAllModules() throws Exception {
        attribute("self", "current", "system_u:system_r:container_runtime_t:s0\0");
        attribute("7", "current", "system_u:system_r:container_t:s0:c1,c2\0");
        write("fs/selinux/enforce", "1");
        assertThat(modules().labelOf(7)).isEqualTo(new SeLinuxContext("system_u:system_r:container_t:s0:c1,c2"));
        attribute("7", "apparmor/current", "of a module that is not in use");
        assertThat(modules().labelOf(7)).isEqualTo(new SeLinuxContext("system_u:system_r:container_t:s0:c1,c2"));
        write("module/apparmor/parameters/enabled", "Y\n");
        attribute("9", "current", "web (enforce)\n");
        assertThat(modules().labelOf(9)).as("by AppArmor of a kernel before 5.1").isEqualTo(new AppArmorProfile("web"));
    }
}
