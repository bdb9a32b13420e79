package io.windlass.cri.container;

import io.windlass.cri.container.spec.ProfileChoice;
import io.windlass.cri.container.spec.SecurityProfiles;
import io.windlass.cri.error.CriException;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.SELinuxOption;
import io.windlass.shim.linux.Shortage;
import io.windlass.shim.spec.SecurityLabel;
import io.windlass.shim.spec.SecurityLabel.AppArmorProfile;
import io.windlass.shim.spec.SecurityLabel.SeLinuxContext;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The labels that containers get of the kernel's security modules. Where a module is missing, who asks for nothing runs without; what is asked for,
 * and be it the default, is refused. So it is with AppArmor by the peers; options of SELinux are left out without a word by containerd. See
 * apparmor(7) and selinux(8).
 */
final class SecurityModules {
    private static final Logger LOG = LoggerFactory.getLogger(SecurityModules.class);

    /** The profile of the runtime: ours, or one of that name that the administrator of the node has loaded before. */
    private static final String DEFAULT_PROFILE = "windlass-default";

    /** The type of the reference policy for "super privileged containers", container_selinux(8). */
    private static final String UNCONFINED = "spc_t";

    /** For so long a profile that could not be loaded is not tried again. */
    private static final long PAUSE_NANOS = 60_000_000_000L;

    private final Path sys;
    private final Path proc;
    private final AppArmorParser parser;
    private final LongSupplier nanoTime;
    private @Nullable Failure failure;

    /** Why the runtime's own profile could not be loaded the last time. */
    private record Failure(String reason, long at) {}

    /** Makes those of this node. */
    SecurityModules() {
        this(Path.of("/sys"), Path.of("/proc"), new AppArmorParser(), System::nanoTime);
    }

    /**
     * @param sys where sysfs is mounted
     * @param proc where the processes of the host's PID namespace are seen
     * @param nanoTime a clock as {@link System#nanoTime} is one
     */
    SecurityModules(Path sys, Path proc, AppArmorParser parser, LongSupplier nanoTime) {
        this.sys = sys;
        this.proc = proc;
        this.parser = parser;
        this.nanoTime = nanoTime;
    }

    /** Loads the runtime's own profile ahead of the first container, where AppArmor is in use. What fails is logged. */
    void warm() {
        try {
            var missing = hasAppArmor() ? loadDefault() : null;
            if (missing != null) {
                LOG.warn(
                        "event=apparmor-profile-not-loaded profile={} error=\"{}\" effect=\"containers without a profile of their own run unconfined\"",
                        DEFAULT_PROFILE, missing);
            }
        } catch (IOException e) {
            LOG.warn("event=apparmor-not-readable error=\"{}\"", e.getMessage());
        }
    }

    /**
     * Loads the runtime's own profile where there is none of that name, or none any more: others unload what is not in the files they know.
     * Throws where it cannot be told now whether it can be loaded.
     *
     * @return why it is not there, null where it is
     */
    private synchronized @Nullable String loadDefault() throws IOException {
        if (isLoaded(DEFAULT_PROFILE)) {
            return null;
        }
        var last = failure;
        if (last == null || nanoTime.getAsLong() - last.at() >= PAUSE_NANOS) {
            last = tryToLoad();
            failure = last;
        }
        return last == null ? null : last.reason();
    }

    private @Nullable Failure tryToLoad() throws IOException {
        try {
            parser.load(defaultProfile());
            if (!isLoaded(DEFAULT_PROFILE)) {
                throw new IOException("the kernel does not show it, though it was loaded");
            }
            LOG.info("event=apparmor-profile-loaded profile={}", DEFAULT_PROFILE);
            return null;
        } catch (IOException e) {
            if (Shortage.isBehind(e) || e instanceof InterruptedIOException) {
                throw e; // which says nothing about the next container
            }
            return new Failure(String.valueOf(e.getMessage()), nanoTime.getAsLong());
        }
    }

    private static byte[] defaultProfile() throws IOException {
        try (var in = Objects.requireNonNull(SecurityModules.class.getResourceAsStream(DEFAULT_PROFILE + ".apparmor"))) {
            return in.readAllBytes();
        }
    }

    /**
     * Returns the label that a container is started with.
     *
     * @throws CriException FAILED_PRECONDITION for an AppArmor profile that is not loaded, and for a module that the kernel does not have
     */
    @Nullable
    SecurityLabel label(ObjectId container, LinuxContainerSecurityContext context) throws IOException {
        var seLinux = seLinux(context);
        return switch (SecurityProfiles.appArmor(context)) {
            case ProfileChoice.Localhost(var name) -> named(name);
            case ProfileChoice.RuntimeDefault() when SecurityProfiles.namesAppArmor(context) -> named(DEFAULT_PROFILE);
            case ProfileChoice.RuntimeDefault() when hasAppArmor() && isConfined(container) -> new AppArmorProfile(DEFAULT_PROFILE);
            case ProfileChoice.RuntimeDefault(),ProfileChoice.Unconfined() -> seLinux;
        };
    }

    /**
     * Returns the label that a process has, for one that joins it: what the node would give now may be another. Null where this process, from which
     * the other inherits, has the same. See proc_pid_attr(5).
     *
     * @throws CriException FAILED_PRECONDITION for a process that has ended
     */
    @Nullable
    SecurityLabel labelOf(int pid) throws IOException {
        boolean appArmor = hasAppArmor();
        if (!appArmor && !hasSeLinux()) {
            return null;
        }
        String theirs;
        try {
            theirs = current(String.valueOf(pid), appArmor);
        } catch (IOException e) {
            if (Shortage.isBehind(e)) {
                throw e;
            }
            throw CriException.failedPrecondition("the label of process " + pid + " cannot be read, it may have ended: " + e.getMessage());
        }
        if (theirs.equals(current("self", appArmor))) {
            return null;
        }
        return appArmor ? new AppArmorProfile(profile(theirs)) : new SeLinuxContext(theirs);
    }

    /** Kernels before 5.1 have one file for all modules; some end what it holds by a NUL. */
    private String current(String process, boolean appArmor) throws IOException {
        var attributes = proc.resolve(process).resolve("attr");
        var own = attributes.resolve("apparmor/current");
        var text = Files.readString(appArmor && Files.exists(own) ? own : attributes.resolve("current"));
        return text.replace("\0", "").strip();
    }

    private SecurityLabel named(String name) throws IOException {
        if (!hasAppArmor()) {
            throw CriException
                    .failedPrecondition("AppArmor profile " + name + " cannot be applied: this node's kernel has no AppArmor in use");
        }
        var missing = missing(name);
        if (missing != null) {
            throw CriException.failedPrecondition("AppArmor profile " + name + " is not loaded on this node: " + missing);
        }
        return new AppArmorProfile(name);
    }

    private @Nullable String missing(String name) throws IOException {
        if (name.equals(DEFAULT_PROFILE)) {
            return loadDefault();
        }
        return name.equals("unconfined") || isLoaded(name) ? null : "load it by apparmor_parser";
    }

    /** Tells whether one that asks for nothing gets the runtime's own profile; it runs without it where that cannot be had. */
    private boolean isConfined(ObjectId container) throws IOException {
        var missing = loadDefault();
        if (missing != null) {
            LOG.warn("event=container-unconfined container={} profile={} error=\"{}\"", container.shortened(), DEFAULT_PROFILE, missing);
        }
        return missing == null;
    }

    /**
     * What the options leave out is as in the reference policy; a privileged container has none. Without SELinux nothing can confine a container as its
     * options want; those of {@link #UNCONFINED} want that nothing does, which agents of networks and of storage say on every node.
     */
    private @Nullable SecurityLabel seLinux(LinuxContainerSecurityContext context) {
        var options = context.getSelinuxOptions();
        if (context.getPrivileged() || options.equals(SELinuxOption.getDefaultInstance())) {
            return null;
        }
        if (!hasSeLinux()) {
            if (options.getType().equals(UNCONFINED)) {
                return null;
            }
            throw CriException.failedPrecondition(
                    "selinux_options cannot be applied: this node's kernel has no SELinux in use: leave them out, or use a node that has it");
        }
        return new SeLinuxContext(String.join(":", or(options.getUser(), "system_u"), or(options.getRole(), "system_r"),
                or(options.getType(), "container_t"), or(options.getLevel(), "s0")));
    }

    private static String or(String value, String otherwise) {
        return value.isEmpty() ? otherwise : value;
    }

    private boolean hasSeLinux() {
        return Files.exists(sys.resolve("fs/selinux/enforce"));
    }

    private boolean hasAppArmor() throws IOException {
        var enabled = sys.resolve("module/apparmor/parameters/enabled");
        return Files.exists(enabled) && Files.readString(enabled).startsWith("Y");
    }

    private boolean isLoaded(String name) throws IOException {
        var profiles = sys.resolve("kernel/security/apparmor/profiles");
        if (!Files.exists(profiles)) {
            return false;
        }
        try (var lines = Files.lines(profiles)) {
            return lines.anyMatch(line -> profile(line).equals(name));
        }
    }

    /** Returns the name of what is told as a name and its mode, {@code "name (enforce)"}; names may hold spaces, and "unconfined" has no mode. */
    private static String profile(String line) {
        int mode = line.lastIndexOf(" (");
        return mode < 0 ? line : line.substring(0, mode);
    }
}
