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
    /** The lowest rank of the machine's own architecture: above every level of another one that it runs too. */
    private static final int OWN = 100;
    /** The level of 32-bit ARM that 64-bit ARM runs. */
    private static final int ARM = 8;

    public Platform {
        os = os.toLowerCase(Locale.ROOT);
        String machine = architecture.toLowerCase(Locale.ROOT);
        architecture = switch (machine) {
            case "x86_64", "x86-64" -> "amd64";
            case "aarch64" -> "arm64";
            case "i386", "i686" -> "386";
            default -> machine;
        };
        String level = variant.toLowerCase(Locale.ROOT);
        variant = switch (architecture) {
            case "arm64" -> level.isEmpty() || level.equals("8") ? "v8" : level;
            case "arm" -> switch (level) {
                case "" -> "v7";
                case "5", "6", "7", "8" -> "v" + level;
                default -> level;
            };
            case "amd64" -> level.equals("v1") ? "" : level;
            default -> level;
        };
    }

    /** Returns the platform of this machine. */
    public static Platform host() {
        return new Platform("linux", System.getProperty("os.arch", "amd64"), "");
    }

    /**
     * Tells how well an image of platform {@code offered} serves this one. 32-bit images are taken as containerd takes them: 386 on amd64,
     * arm on arm64.
     *
     * @return 0 when it cannot run, else the higher the better: the own architecture before that of 32 bits, then by variant
     */
    public int suits(Platform offered) {
        if (!os.equals(offered.os)) {
            return 0;
        }
        int theirs = level(offered.variant);
        if (architecture.equals(offered.architecture)) {
            return theirs > level(variant) ? 0 : OWN + theirs;
        }
        return switch (architecture) {
            case "amd64" -> offered.architecture.equals("386") ? 1 : 0;
            case "arm64" -> offered.architecture.equals("arm") && theirs <= ARM ? 1 + theirs : 0;
            default -> 0;
        };
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
