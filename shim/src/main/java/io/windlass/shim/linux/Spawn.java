package io.windlass.shim.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts a program by posix_spawn(3), which in the C library is clone(2) with CLONE_VFORK: its cost does not grow with the JVM's memory. The
 * child has an empty environment unless one is given, an empty signal mask, all signals at their default, the descriptors named here and no others (0, 1 and 2 too are
 * closed unless they are given).
 *
 * <p>
 * Example: {@code Spawn.of(memfd, List.of("shim")).fd(report, 3).setsid().start()}
 */
public final class Spawn {
    private final String path;
    private final List<String> arguments;
    private final List<Fd> sources = new ArrayList<>();
    private final List<Integer> targets = new ArrayList<>();
    private List<String> environment = List.of();
    private boolean setsid;

    private Spawn(String path, List<String> arguments) {
        this.path = path;
        this.arguments = List.copyOf(arguments);
    }

    /** A program by its path, with {@code argv}, its own name included. */
    public static Spawn of(String path, List<String> arguments) {
        return new Spawn(path, arguments);
    }

    /** A program behind an open descriptor, for example a sealed memfd. It need not stay open once the child is started. */
    public static Spawn of(Fd program, List<String> arguments) {
        // not /proc/self: the child's own copy of the descriptor is closed before it executes
        return new Spawn("/proc/" + Processes.getpid() + "/fd/" + program.number(), arguments);
    }

    /** Gives the child a copy of {@code source} as number {@code target}; each target once. */
    public Spawn fd(Fd source, int target) {
        if (target < 0 || targets.contains(target)) {
            throw new IllegalArgumentException("target " + target + " is negative or taken");
        }
        sources.add(source);
        targets.add(target);
        return this;
    }

    /** Gives the child these variables, each {@code NAME=value}; none by default. */
    public Spawn environment(List<String> variables) {
        environment = List.copyOf(variables);
        return this;
    }

    /** Makes the child the leader of a new session and process group, which {@code Processes.kill(-pid, signal)} reaches as a whole. */
    public Spawn setsid() {
        setsid = true;
        return this;
    }

    /**
     * Starts the program. Blocks until the child has executed it (0.1 ms) or failed.
     *
     * @return the child's number; it is ours to reap, see {@link PidFd#waitExit}
     * @throws ErrnoException what execve(2) or a step before it said, with the path
     */
    public int start() throws IOException {
        try (SpawnArena arena = SpawnArena.take()) {
            arena.strings(path, arguments, environment);
            int next = 0;
            for (int target : targets) {
                next = Math.max(next, target + 1);
            }
            // a source that is itself a target of another would be overwritten: first move all sources out of the way
            boolean clash = clashes();
            int spare = next;
            if (clash) {
                for (Fd source : sources) {
                    spare = Math.max(spare, source.number() + 1);
                }
                for (int i = 0; i < sources.size(); i++) {
                    arena.dup2(sources.get(i).number(), spare + i);
                }
            }
            for (int i = 0; i < sources.size(); i++) {
                arena.dup2(clash ? spare + i : sources.get(i).number(), targets.get(i));
            }
            closeUnused(arena, next);
            return arena.spawn(path, setsid);
        }
    }

    private boolean clashes() {
        for (int i = 0; i < sources.size(); i++) {
            int source = sources.get(i).number();
            for (int j = 0; j < targets.size(); j++) {
                if (i != j && targets.get(j) == source) {
                    return true;
                }
            }
        }
        return false;
    }

    private void closeUnused(SpawnArena arena, int next) throws IOException {
        for (int n = 0; n < next; n++) {
            if (!targets.contains(n)) {
                arena.close(n);
            }
        }
        arena.closeFrom(next);
    }
}
