package io.windlass.cri.container;

import io.grpc.Status.Code;
import io.windlass.cri.error.CriException;
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
    @TempDir
    Path sys;

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
        var modules = new SecurityModules(sys);
        assertThat(modules.label(appArmor(ProfileType.Localhost, "my web"))).isEqualTo(new AppArmorProfile("my web"));
        assertThat(modules.label(appArmor(ProfileType.Localhost, "localhost/my web"))).isEqualTo(new AppArmorProfile("my web"));
        assertThat(modules.label(LinuxContainerSecurityContext.newBuilder().setApparmorProfile("localhost/my web").build()))
                .isEqualTo(new AppArmorProfile("my web"));
        assertThat(modules.label(appArmor(ProfileType.RuntimeDefault, ""))).isEqualTo(new AppArmorProfile("windlass-default"));
        assertThat(modules.label(SILENT)).isEqualTo(new AppArmorProfile("windlass-default"));
        assertThat(modules.label(SILENT.toBuilder().setPrivileged(true).build())).isNull();
        assertThat(modules.label(appArmor(ProfileType.Unconfined, ""))).isNull();
        assertThat(modules.label(LinuxContainerSecurityContext.newBuilder().setApparmorProfile("unconfined").build())).isNull();
        assertThat(modules.label(appArmor(ProfileType.Localhost, "my web").toBuilder().setPrivileged(true).build())).isNull();
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
        var modules = new SecurityModules(sys);
        modules.loadDefault(parser());
        assertThat(sys.resolve("given")).content().contains("profile windlass-default ", "deny mount,", "deny /sys/firmware/** rwklx,");
        assertThat(sys.resolve("arguments")).hasContent("-Kr");
        assertThat(modules.label(appArmor(ProfileType.RuntimeDefault, ""))).isEqualTo(new AppArmorProfile("windlass-default"));
        Files.delete(sys.resolve("given"));
        new SecurityModules(sys).loadDefault(parser());
        assertThat(sys.resolve("given")).as("one that is there stays").doesNotExist();
    }

    @Test
    void loadsNothingWhereAppArmorIsNotInUse() throws Exception {
        for (var enabled : new String[]{"", "N\n"}) {
            write("module/apparmor/parameters/enabled", enabled);
            new SecurityModules(sys).loadDefault(parser());
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
            var modules = new SecurityModules(sys);
            modules.loadDefault(parser);
            assertThat(modules.label(SILENT)).isNull();
        }
    }

    @Test
    void refusesAProfileThatIsNotLoaded() throws Exception {
        write("module/apparmor/parameters/enabled", "Y\n");
        write("kernel/security/apparmor/profiles", "web (enforce)\n");
        for (var wanted : List.of(appArmor(ProfileType.Localhost, "we"), appArmor(ProfileType.RuntimeDefault, ""))) {
            assertThatThrownBy(() -> new SecurityModules(sys).label(wanted))
                    .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION))
                    .hasMessageContaining("not loaded");
        }
        assertThat(new SecurityModules(sys).label(SILENT)).isNull();
    }

    @Test
    void refusesANamedProfileWithoutTheModule() throws Exception {
        for (var enabled : new String[]{"", "N\n"}) {
            write("module/apparmor/parameters/enabled", enabled);
            for (var wanted : List.of(appArmor(ProfileType.Localhost, "web"), appArmor(ProfileType.RuntimeDefault, ""))) {
                assertThatThrownBy(() -> new SecurityModules(sys).label(wanted))
                        .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION))
                        .hasMessageContaining("no AppArmor");
            }
            assertThat(new SecurityModules(sys).label(SILENT)).isNull();
        }
    }

    @Test
    void refusesSeLinuxOptionsBesideAProfileOfAppArmor() throws Exception {
        write("module/apparmor/parameters/enabled", "Y\n");
        write("kernel/security/apparmor/profiles", "windlass-default (enforce)\n");
        var both = appArmor(ProfileType.RuntimeDefault, "").toBuilder().setSelinuxOptions(SELinuxOption.newBuilder().setLevel("s0:c1"))
                .build();
        assertThatThrownBy(() -> new SecurityModules(sys).label(both)).hasMessageContaining("no SELinux");
    }

    @Test
    void labelsForSeLinuxWhereTheKernelHasIt() throws Exception {
        var context = LinuxContainerSecurityContext.newBuilder()
                .setSelinuxOptions(SELinuxOption.newBuilder().setType("container_logreader_t").setLevel("s0:c1")).build();
        var unconfined = LinuxContainerSecurityContext.newBuilder()
                .setSelinuxOptions(SELinuxOption.newBuilder().setType("spc_t").setLevel("s0")).build();
        assertThat(new SecurityModules(sys).label(unconfined)).as("what confines nobody needs no SELinux").isNull();
        assertThatThrownBy(() -> new SecurityModules(sys).label(context))
                .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION))
                .hasMessageContaining("no SELinux");
        assertThat(new SecurityModules(sys).label(LinuxContainerSecurityContext.newBuilder()
                .setSelinuxOptions(SELinuxOption.getDefaultInstance()).build())).isNull();
        write("fs/selinux/enforce", "1");
        assertThat(new SecurityModules(sys).label(context)).isEqualTo(new SeLinuxContext("system_u:system_r:container_logreader_t:s0:c1"));
        assertThat(new SecurityModules(sys).label(unconfined)).isEqualTo(new SeLinuxContext("system_u:system_r:spc_t:s0"));
        assertThat(new SecurityModules(sys).label(LinuxContainerSecurityContext.getDefaultInstance())).isNull();
        assertThat(new SecurityModules(sys).label(context.toBuilder().setPrivileged(true).build())).isNull();
    }
}
