package io.windlass.shim.linux;

import java.util.List;

/**
 * One line of {@code /proc/PID/mountinfo}. See proc_pid_mountinfo(5).
 *
 * @param id the mount's id
 * @param parent the id of the mount that this one is on
 * @param device {@code major:minor} of the file system
 * @param root the path in the file system that is the root of this mount
 * @param path where it is mounted, unescaped
 * @param options the mount's own options, separated by commas
 * @param propagation the optional fields, for example {@code shared:5}
 * @param type the type of the file system
 * @param source what is mounted, {@code none} included
 * @param superOptions the options of the file system, separated by commas
 */
public record MountPoint(int id, int parent, String device, String root, String path, String options, List<String> propagation, String type,
        String source, String superOptions) {
    public MountPoint {
        propagation = List.copyOf(propagation);
    }

    /** Tells whether the comma-separated {@code options} hold exactly this one. */
    public boolean hasSuperOption(String option) {
        return ("," + superOptions + ",").contains("," + option + ",");
    }

    /** Tells whether the mount passes mounts on to its peers. */
    public boolean isShared() {
        return propagation.stream().anyMatch(p -> p.startsWith("shared:"));
    }
}
