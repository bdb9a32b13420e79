package io.windlass.cri.container.spec;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.Signal;
import java.util.Locale;
import java.util.Map;

/** Signals by the names that requests and images give them. See signal(7). */
public final class StopSignal {
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;

    private static final int SIGRTMIN = 34;
    private static final int SIGRTMAX = 64;
    private static final Map<String, Integer> NUMBERS = Map.ofEntries(Map.entry("HUP", 1), Map.entry("INT", 2), Map.entry("QUIT", 3),
            Map.entry("ILL", 4), Map.entry("TRAP", 5), Map.entry("ABRT", 6), Map.entry("IOT", 6), Map.entry("BUS", 7), Map.entry("FPE", 8),
            Map.entry("KILL", 9), Map.entry("USR1", 10), Map.entry("SEGV", 11), Map.entry("USR2", 12), Map.entry("PIPE", 13),
            Map.entry("ALRM", 14), Map.entry("TERM", 15), Map.entry("STKFLT", 16), Map.entry("CHLD", 17), Map.entry("CLD", 17),
            Map.entry("CONT", 18), Map.entry("STOP", 19), Map.entry("TSTP", 20), Map.entry("TTIN", 21), Map.entry("TTOU", 22),
            Map.entry("URG", 23), Map.entry("XCPU", 24), Map.entry("XFSZ", 25), Map.entry("VTALRM", 26), Map.entry("PROF", 27),
            Map.entry("WINCH", 28), Map.entry("POLL", 29), Map.entry("IO", 29), Map.entry("PWR", 30), Map.entry("SYS", 31));

    private StopSignal() {}

    /**
     * Parses an image's STOPSIGNAL: {@code SIGTERM}, {@code TERM}, {@code 15}, {@code SIGRTMIN+3}, {@code RTMAX-1}.
     *
     * @return the number, 1 to 64
     * @throws CriException INVALID_ARGUMENT for anything else
     */
    public static int parse(String name) {
        int number = number(name.toUpperCase(Locale.ROOT));
        if (number < 1 || number > SIGRTMAX) {
            throw CriException.invalidArgument("signal \"" + name + "\" is not known: use a name of signal(7) or 1 to 64");
        }
        return number;
    }

    /** Returns the number of a request's signal, or 0 if it leaves the choice to the image. */
    public static int number(Signal signal) {
        return switch (signal) {
            case SIGNAL_RUNTIME_DEFAULT -> 0;
            case UNRECOGNIZED -> throw CriException.invalidArgument("stop_signal is not known: use a value of the enum Signal");
            default -> parse(signal.name().substring("SIGNAL_".length()).replace("MINPLUS", "MIN+").replace("MAXMINUS", "MAX-"));
        };
    }

    /** Returns a signal as a status shows it. */
    public static Signal toCri(int number) {
        for (var signal : Signal.values()) {
            if (signal != Signal.SIGNAL_RUNTIME_DEFAULT && signal != Signal.UNRECOGNIZED && number(signal) == number) {
                return signal;
            }
        }
        return Signal.SIGNAL_RUNTIME_DEFAULT;
    }

    private static int number(String upper) {
        if (Ids.isNumber(upper)) {
            return Ids.parse(upper);
        }
        var bare = upper.startsWith("SIG") ? upper.substring(3) : upper;
        if (bare.startsWith("RTMIN")) {
            return offset(bare.substring(5), '+', SIGRTMIN, 1);
        }
        if (bare.startsWith("RTMAX")) {
            return offset(bare.substring(5), '-', SIGRTMAX, -1);
        }
        return NUMBERS.getOrDefault(bare, 0);
    }

    private static int offset(String rest, char sign, int base, int direction) {
        if (rest.isEmpty()) {
            return base;
        }
        int offset = rest.charAt(0) == sign ? Ids.parse(rest.substring(1)) : -1;
        return offset < 0 || offset > SIGRTMAX - SIGRTMIN ? 0 : base + direction * offset;
    }
}
