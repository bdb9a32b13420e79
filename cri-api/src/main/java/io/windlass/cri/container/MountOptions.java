package io.windlass.cri.container;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.Mount;
import io.windlass.shim.spec.MountFlag;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The flags of a mount: readonly and mount_options, in the words of mount(8). */
final class MountOptions {
    private static final Set<MountFlag> OFFERED = EnumSet.complementOf(EnumSet.of(MountFlag.READONLY));

    private MountOptions() {}

    /** @throws CriException INVALID_ARGUMENT for an option that is not known */
    static Set<MountFlag> of(Mount mount) {
        var flags = mount.getReadonly() ? EnumSet.of(MountFlag.READONLY) : EnumSet.noneOf(MountFlag.class);
        for (var option : mount.getMountOptionsList()) {
            flags.add(OFFERED.stream().filter(flag -> word(flag).equals(option)).findFirst()
                    .orElseThrow(() -> CriException.invalidArgument("mount " + mount.getContainerPath() + ": option \""
                            + option.replaceAll("\\p{Cntrl}", "?") + "\" is none of "
                            + OFFERED.stream().map(MountOptions::word).toList())));
        }
        if (flags.contains(MountFlag.NOATIME) && flags.contains(MountFlag.STRICTATIME)) {
            throw CriException
                    .invalidArgument("mount " + mount.getContainerPath() + ": options noatime and strictatime exclude each other");
        }
        return Set.copyOf(flags);
    }

    private static String word(MountFlag flag) {
        return flag.name().toLowerCase(Locale.ROOT);
    }
}
