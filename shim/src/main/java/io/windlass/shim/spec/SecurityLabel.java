package io.windlass.shim.spec;

/** What a security module of the kernel knows a process by. */
public sealed interface SecurityLabel {
    /** @param name a profile that is loaded, or {@code unconfined}; see apparmor(7) */
    record AppArmorProfile(String name) implements SecurityLabel {
        public AppArmorProfile {
            require("AppArmor profile", name);
        }
    }

    /** @param context {@code user:role:type:level}; see selinux(8) */
    record SeLinuxContext(String context) implements SecurityLabel {
        public SeLinuxContext {
            require("SELinux context", context);
        }
    }

    private static void require(String what, String name) {
        if (name.isEmpty() || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    what + " \"" + name.replaceAll("\\p{Cntrl}", "?") + "\" is empty or holds control characters");
        }
    }
}
