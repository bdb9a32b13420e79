package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Strings;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.ProcessSpec;
import io.windlass.shim.spec.UserNamespace;
import java.util.ArrayList;
import java.util.List;

import static io.windlass.shim.program.Flags.*;

/** The last steps: working directory, streams, descriptors, and the command itself, searched as execvp(3) does. */
final class ExecStage {
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final int PATH_MAX = 4096;
    private static final long ABSENT = ProgramBuilder.errors(ENOENT, ENOTDIR);
    private static final long NEXT = ABSENT | ProgramBuilder.errors(EACCES);

    private final ProgramBuilder p;
    private final ProcessSpec process;
    private final Room path = Room.zero("cwd", PATH_MAX);
    /** How long the path of the working directory is, 0 while it has not been entered. */
    private final Room inside = Room.zero("inside", 8);

    ExecStage(ProgramBuilder program, ProcessSpec process) {
        this.p = program;
        this.process = process;
    }

    /**
     * Enters the working directory and makes sure that it is inside the root. What is forbidden to root, a home on a file server that knows no root
     * say, is left to {@link #usersDirectory}.
     */
    void workingDirectory(Targets targets, boolean make) {
        Label refused = p.label("refused");
        Result directory = targets.openDirectoryOr(refused, directory(), process.cwd(), make);
        p.branch(Targets.FORBIDDEN, refused, directory(), Sys.FCHDIR, directory);
        requireInside();
        p.here(refused);
    }

    /** Enters the working directory as the user, if it was forbidden to root. After {@link IdentityStage#emit}. */
    void usersDirectory(Targets targets) {
        Label entered = p.label("entered");
        Label again = p.label("as-user");
        p.test(inside.address(), -1, 0, entered);
        p.jump(again);
        p.here(entered);
        p.later(() -> {
            p.here(again);
            p.call(directory(), Sys.FCHDIR, targets.openDirectory(directory(), process.cwd()));
            requireInside();
            p.jump(entered);
        });
    }

    private String directory() {
        return "working directory " + process.cwd();
    }

    private void requireInside() {
        p.into(inside.address(), directory(), Sys.GETCWD, path.address(), Value.of(PATH_MAX));
        Label outside = p.label("outside");
        p.test(path.address(), 0xff, '/', outside);
        p.later(() -> {
            p.here(outside);
            p.refuse(directory() + " is outside of the container's root");
        });
    }

    /** Gives the pipes to the user of a user namespace, from outside: inside nobody has power over them. */
    void chownPipes(UserNamespace namespace, boolean stdin, boolean stdout, boolean stderr) {
        boolean[] own = {stdin, stdout, stderr};
        for (int stream = 0; stream <= 2; stream++) {
            if (own[stream] && !process.terminal()) {
                p.ignore("chown stream " + stream, Sys.FCHOWN, fd(stream), Value.of(namespace.hostUid() + process.user().uid()),
                        Value.of(namespace.hostGid() + process.user().gid()));
            }
        }
    }

    /** Gives the streams to the user, who may open them anew as /dev/stdout. */
    void chownStreams(boolean stdin, boolean stdout, boolean stderr) {
        int uid = process.user().uid();
        if (uid == 0) {
            return;
        }
        boolean[] own = {stdin || process.terminal(), stdout && !process.terminal(), stderr && !process.terminal()};
        for (int stream = 0; stream <= 2; stream++) {
            if (own[stream]) {
                p.ignore("chown stream " + stream, Sys.FCHOWN, fd(stream), Value.of(uid), Value.of(-1));
            }
        }
    }

    void session() {
        if (process.terminal()) {
            TerminalStage.control(p);
        } else {
            p.ignore("setsid", Sys.SETSID);
        }
    }

    void closeOthers() {
        p.call("close descriptors", Sys.CLOSE_RANGE, Value.of(3), new Value(0xffffffffL, "~0"), new Value(4, "CLOSE_RANGE_CLOEXEC"));
        p.call("umask", Sys.UMASK, Value.octal(process.user().umask()));
    }

    /** Really closes them, for a process that is seen before its command is executed; the report ends with that. */
    void closeOthersNow() {
        p.call("close descriptors", Sys.CLOSE_RANGE, Value.of(ShimFd.REPORT + 1), new Value(0xffffffffL, "~0"), ZERO);
        closeOthers();
    }

    /** Tries all candidates; if none can be executed, once more to find the error to report: EACCES goes before ENOENT. */
    void command() {
        String name = process.args().getFirst();
        String what = "exec \"" + name + "\"";
        Strings arguments = new Strings(process.args());
        Strings environment = new Strings(process.env());
        List<String> candidates = candidates(name);
        if (candidates.size() > 1) {
            for (String candidate : candidates) {
                p.tolerate(NEXT, what, Sys.EXECVE, new Text(candidate), arguments, environment);
            }
            for (String candidate : candidates.subList(0, candidates.size() - 1)) {
                p.tolerate(ABSENT, what, Sys.EXECVE, new Text(candidate), arguments, environment);
            }
        }
        p.call(what, Sys.EXECVE, new Text(candidates.getLast()), arguments, environment);
    }

    private List<String> candidates(String name) {
        if (name.isEmpty() || name.indexOf('/') >= 0) {
            return List.of(name);
        }
        String path = DEFAULT_PATH;
        for (String entry : process.env()) {
            if (entry.startsWith("PATH=")) {
                path = entry.substring(5);
            }
        }
        List<String> candidates = new ArrayList<>();
        for (String directory : path.split(":", -1)) {
            candidates.add((directory.isEmpty() ? "." : directory) + "/" + name);
        }
        return candidates;
    }
}
