package io.windlass.snapshotter.oci;

import java.util.Locale;

/**
 * What an image runs on. See the OCI image specification, image-index.md, "platform"; the names are Go's.
 *
 * @param os the operating system, {@code linux}
 * @param architecture {@code amd64}, {@code arm64}, …
 * @param variant the level of the architecture ({@code v8}, {@code v3}), empty when there is none
 */
public record Platform(String os, String architecture, String variant) {

    public Platform {
        os = os.toLowerCase(Locale.ROOT);
        String machine = architecture.toLowerCase(Locale.ROOT);
        architecture = switch (machine) {
            case "x86_64", "x86-64" -> "amd64";
            case "aarch64" -> "arm64";
            case "i386", "i686" -> "386";
            default -> machine;
        };
        variant = variant.toLowerCase(Locale.ROOT);
        if (architecture.equals("arm64") && (variant.isEmpty() || variant.equals("8"))) {
            variant = "v8";
        } else if (architecture.equals("amd64") && variant.equals("v1")) {
            variant = "";
        }
    }

    /** Returns the platform of this machine. */
    public static Platform host() {
        return new Platform("linux", System.getProperty("os.arch", "amd64"), "");
    }

    /**
     * Tells how well an image of platform {@code offered} serves this one.
     *
     * @return 0 when it cannot run, else the higher the better: the same variant before a lower one
     */
    public int suits(Platform offered) {
        if (!os.equals(offered.os) || !architecture.equals(offered.architecture)) {
            return 0;
        }
        int mine = level(variant);
        int theirs = level(offered.variant);
        return theirs > mine ? 0 : 1 + theirs;
    }

    private static int level(String variant) {
        if (variant.length() < 2 || variant.charAt(0) != 'v') {
            return 0;
        }
        int dot = variant.indexOf('.');
        String number = variant.substring(1, dot < 0 ? variant.length() : dot);
        return number.isEmpty() || number.length() > 2 || !number.chars().allMatch(c -> c >= '0' && c <= '9')
                ? 0
                : Integer.parseInt(number);
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}
