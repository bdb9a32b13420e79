package io.windlass.cri.container.spec;

import io.windlass.cri.container.spec.ProfileChoice.Localhost;
import io.windlass.cri.container.spec.ProfileChoice.RuntimeDefault;
import io.windlass.cri.container.spec.ProfileChoice.Unconfined;
import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.SecurityProfile;
import io.windlass.cri.v1.SecurityProfile.ProfileType;

/**
 * The seccomp and AppArmor profiles that a request names; a privileged container has neither.
 *
 * <p>
 * The older text fields are read where the newer ones are not set: {@code runtime/default}, {@code unconfined}, {@code localhost/NAME}. A request
 * that says nothing has no seccomp profile, but the runtime's own of AppArmor, as with the peers.
 */
public final class SecurityProfiles {
    private static final String LOCALHOST = "localhost/";

    private SecurityProfiles() {}

    /** @throws CriException INVALID_ARGUMENT for what is no profile */
    public static ProfileChoice seccomp(LinuxContainerSecurityContext context) {
        if (context.getPrivileged()) {
            return new Unconfined();
        }
        var choice = context.hasSeccomp() ? choice("seccomp", context.getSeccomp()) : parse("seccomp", context.getSeccompProfilePath());
        if (choice instanceof Localhost(var path) && !path.startsWith("/")) {
            throw CriException.invalidArgument("seccomp profile \"" + printable(path) + "\" is not an absolute path");
        }
        return choice;
    }

    /** @throws CriException INVALID_ARGUMENT for what is no profile */
    public static ProfileChoice appArmor(LinuxContainerSecurityContext context) {
        if (context.getPrivileged()) {
            return new Unconfined();
        }
        if (!namesAppArmor(context)) {
            return new RuntimeDefault();
        }
        return context.hasApparmor() ? choice("AppArmor", context.getApparmor()) : parse("AppArmor", context.getApparmorProfile());
    }

    /** Returns whether the request says anything about AppArmor. */
    public static boolean namesAppArmor(LinuxContainerSecurityContext context) {
        return context.hasApparmor() || !context.getApparmorProfile().isEmpty();
    }

    private static ProfileChoice choice(String kind, SecurityProfile profile) {
        if (profile.getProfileType() != ProfileType.Localhost && !profile.getLocalhostRef().isEmpty()) {
            throw CriException.invalidArgument(kind + " localhost_ref \"" + printable(profile.getLocalhostRef())
                    + "\" is set with another profile_type than Localhost");
        }
        return switch (profile.getProfileType()) {
            case Unconfined -> new Unconfined();
            case RuntimeDefault -> new RuntimeDefault();
            case Localhost -> local(kind, profile.getLocalhostRef());
            case UNRECOGNIZED -> throw CriException.invalidArgument(kind + " profile_type is not known");
        };
    }

    private static ProfileChoice parse(String kind, String text) {
        return switch (text) {
            case "", "unconfined" -> new Unconfined();
            case "runtime/default", "docker/default" -> new RuntimeDefault();
            default -> {
                if (!text.startsWith(LOCALHOST)) {
                    throw CriException.invalidArgument(
                            kind + " profile \"" + printable(text) + "\" is not valid: use runtime/default, unconfined or localhost/NAME");
                }
                yield local(kind, text);
            }
        };
    }

    private static Localhost local(String kind, String reference) {
        var name = reference.startsWith(LOCALHOST) ? reference.substring(LOCALHOST.length()) : reference;
        if (name.isEmpty() || name.chars().anyMatch(Character::isISOControl)) {
            throw CriException.invalidArgument(kind + " profile of the node has no usable name: \"" + printable(name) + "\"");
        }
        return new Localhost(name);
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
