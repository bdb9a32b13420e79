package io.windlass.shim.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A process in a container: the init or one that is executed later. See the OCI runtime specification, config.md "Process".
 *
 * @param args the program and its arguments; the program is searched in {@code PATH} of {@code env} unless it holds a slash
 * @param env {@code NAME=value} strings, the whole environment, as {@link RawText}
 * @param cwd absolute; made (owned by root) if it is missing
 * @param user ids and umask
 * @param capabilities the sets before execve
 * @param rlimits limits to set; those beyond the current hard limit must have been clamped by the caller
 * @param noNewPrivileges PR_SET_NO_NEW_PRIVS
 * @param oomScoreAdj written to oom_score_adj before anything of the container is visible; null inherits
 * @param terminal whether standard input, output and error are a new pseudo terminal of the container's own devpts
 * @param seccomp a compiled filter, loaded as late as possible; null loads none
 * @param label of a security module, taken with the execve; null inherits
 */
public record ProcessSpec(List<String> args, List<String> env, String cwd, UserSpec user, Capabilities capabilities, List<Rlimit> rlimits,
        boolean noNewPrivileges, @Nullable Integer oomScoreAdj, boolean terminal, @Nullable SeccompFilter seccomp,
        @Nullable SecurityLabel label) {
    public ProcessSpec {
        args = List.copyOf(args);
        env = List.copyOf(env);
        rlimits = List.copyOf(rlimits);
        Objects.requireNonNull(user);
        if (args.isEmpty()) {
            throw new IllegalArgumentException("no command: args are empty");
        }
        if (!cwd.startsWith("/")) {
            throw new IllegalArgumentException("working directory " + cwd + " is not absolute");
        }
        args.forEach(arg -> Strings.requireNoNul("argument", arg));
        env.forEach(entry -> Strings.requireNoNul("environment entry", entry));
        Strings.requireNoNul("working directory", cwd);
    }

    /** Returns a process with the given command in {@code /}, as root with the default capabilities, no limits and no terminal. */
    public static ProcessSpec of(List<String> args, List<String> env) {
        return new ProcessSpec(args, env, "/", UserSpec.ROOT, Capabilities.DEFAULT, List.of(), true, null, false, null, null);
    }

    /** Returns this process with another command, for example for an exec. */
    public ProcessSpec withArgs(List<String> args) {
        return new ProcessSpec(args, env, cwd, user, capabilities, rlimits, noNewPrivileges, oomScoreAdj, terminal, seccomp, label);
    }

    /** Returns this process with one more environment variable, unless it is there. */
    public ProcessSpec withDefault(String variable, String value) {
        if (env.stream().anyMatch(entry -> entry.startsWith(variable + "="))) {
            return this;
        }
        var more = new ArrayList<>(env);
        more.add(variable + "=" + value);
        return new ProcessSpec(args, more, cwd, user, capabilities, rlimits, noNewPrivileges, oomScoreAdj, terminal, seccomp, label);
    }

    /** Returns this process with or without a terminal. */
    public ProcessSpec withTerminal(boolean terminal) {
        return new ProcessSpec(args, env, cwd, user, capabilities, rlimits, noNewPrivileges, oomScoreAdj, terminal, seccomp, label);
    }

    /** Returns this process as another user. */
    public ProcessSpec withUser(UserSpec user) {
        return new ProcessSpec(args, env, cwd, user, capabilities, rlimits, noNewPrivileges, oomScoreAdj, terminal, seccomp, label);
    }

    /** Returns this process in another working directory. */
    public ProcessSpec withCwd(String cwd) {
        return new ProcessSpec(args, env, cwd, user, capabilities, rlimits, noNewPrivileges, oomScoreAdj, terminal, seccomp, label);
    }

    /** Returns this process with a label. */
    public ProcessSpec withLabel(@Nullable SecurityLabel label) {
        return new ProcessSpec(args, env, cwd, user, capabilities, rlimits, noNewPrivileges, oomScoreAdj, terminal, seccomp, label);
    }
}
