package io.windlass.snapshotter.content;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Something that is not as the records say.
 *
 * @param object what it is about, by its kind and name
 * @param problem what is wrong
 * @param remedy what a repair does, or who mends it otherwise
 * @param repair mends it, where that can be done without a daemon
 * @param harmless whether the daemon itself mends it when it starts
 */
public record Finding(String object, String problem, String remedy, @Nullable Repair repair, boolean harmless) {

    /** Mends what was found. May be called when others were mended before it. */
    @FunctionalInterface
    public interface Repair {
        void run() throws IOException;
    }

    /** What a repair mends. */
    public static Finding mendable(String object, String problem, String remedy, Repair repair) {
        return new Finding(object, problem, remedy, repair, false);
    }

    /** What nobody but the node's owner can mend. */
    public static Finding stuck(String object, String problem, String remedy) {
        return new Finding(object, problem, remedy, null, false);
    }

    /** What the next start of the daemon mends. */
    public static Finding harmless(String object, String problem, String remedy) {
        return new Finding(object, problem, remedy, null, true);
    }

    @Override
    public String toString() {
        return object + ": " + problem + "; " + remedy;
    }
}
