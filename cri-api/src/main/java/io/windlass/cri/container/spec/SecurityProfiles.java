package io.windlass.cri.container.spec;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.SecurityProfile;
import io.windlass.cri.v1.SecurityProfile.ProfileType;

/**
 * The seccomp and AppArmor profiles that a request names. A profile that cannot be applied is refused, never dropped.
 *
 * <p>
 * The older text fields are read where the newer ones are not set: {@code runtime/default}, {@code unconfined}, {@code localhost/NAME}.
 */
public final class SecurityProfiles {
    private static final String LOCALHOST = "localhost/";

    private SecurityProfiles() {}

    /**
     * Checks what a container asks for.
     *
     * @return whether the default seccomp profile is asked for
     * @throws CriException FAILED_PRECONDITION for a profile that this node does not have
     */
    public static boolean check(LinuxContainerSecurityContext context) {
        if (context.getPrivileged()) {
            return false;
        }
        refuseLocal("AppArmor", context.hasApparmor() ? context.getApparmor() : parse("AppArmor", context.getApparmorProfile()));
        var seccomp = context.hasSeccomp() ? context.getSeccomp() : parse("seccomp", context.getSeccompProfilePath());
        refuseLocal("seccomp", seccomp);
        return seccomp.getProfileType() == ProfileType.RuntimeDefault;
    }

    private static void refuseLocal(String kind, SecurityProfile profile) {
        if (profile.getProfileType() == ProfileType.Localhost) {
            throw CriException.failedPrecondition(
                    kind + " profile \"" + profile.getLocalhostRef() + "\" is not loaded on this node: load it, or use RuntimeDefault");
        }
    }

    private static SecurityProfile parse(String kind, String text) {
        var profile = SecurityProfile.newBuilder();
        return switch (text) {
            case "", "unconfined" -> profile.setProfileType(ProfileType.Unconfined).build();
            case "runtime/default", "docker/default" -> profile.setProfileType(ProfileType.RuntimeDefault).build();
            default -> {
                if (!text.startsWith(LOCALHOST)) {
                    throw CriException.invalidArgument(
                            kind + " profile \"" + text + "\" is not valid: use runtime/default, unconfined or localhost/NAME");
                }
                yield profile.setProfileType(ProfileType.Localhost).setLocalhostRef(text.substring(LOCALHOST.length())).build();
            }
        };
    }
}
