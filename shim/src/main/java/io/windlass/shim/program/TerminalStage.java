package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import java.util.List;

import static io.windlass.shim.program.Flags.*;

/** A terminal of the container's own devpts: its master goes to the shim over a socket, its other side becomes the streams. */
final class TerminalStage {
    private static final Value RIGHTS = new Value(1L << 32 | 1, "SOL_SOCKET|SCM_RIGHTS");
    private static final Value CMSG_LENGTH = Value.of(20);

    private TerminalStage() {}

    /** A struct msghdr with one byte and one control message. */
    static Room message(Room control) {
        Room payload = Room.zero("byte", 8);
        Room vector = Room.of("iov", List.of(payload.address(), Value.of(1)));
        return Room.of("msghdr", List.of(NULL, ZERO, vector.address(), Value.of(1), control.address(), Value.of(control.size()), ZERO));
    }

    /** Opens the terminal and puts it on 0, 1 and 2. Gives the descriptor of the container's side. */
    static Result open(ProgramBuilder p, Targets targets) {
        Room control = Room.of("cmsg", List.of(CMSG_LENGTH, RIGHTS, ZERO));
        p.into(control.at(16), "open /dev/pts/ptmx", Sys.OPENAT2, AT_FDCWD, new Text("/dev/pts/ptmx"),
                targets.how(O_RDWR.or(O_NOCTTY).or(O_CLOEXEC), 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS), Value.of(24));
        Result master = control.result(16);
        p.call("unlock terminal", Sys.IOCTL, master, TIOCSPTLCK, Room.zero("0", 8).address());
        Result side = p.keep("tty", "open terminal", Sys.IOCTL, master, TIOCGPTPEER, O_RDWR.or(O_NOCTTY).or(O_CLOEXEC));
        p.call("hand over terminal", Sys.SENDMSG, fd(ShimFd.TERMINAL_SENDER), message(control).address(), ZERO);
        for (int stream = 0; stream <= 2; stream++) {
            p.call("terminal as stream " + stream, Sys.DUP3, side, fd(stream), ZERO);
        }
        return side;
    }

    /** Shows the terminal as /dev/console. */
    static void console(ProgramBuilder p, Result side) {
        Text console = new Text("/dev/console");
        p.call("make /dev/console", Sys.MKNODAT, AT_FDCWD, console, Value.octal(0100600), ZERO);
        Result tree = p.keep("console", "open terminal", Sys.OPEN_TREE, side, EMPTY, OPEN_TREE_CLONE.or(AT_EMPTY_PATH).or(O_CLOEXEC));
        p.call("mount /dev/console", Sys.MOVE_MOUNT, tree, EMPTY, AT_FDCWD, console, MOVE_MOUNT_F_EMPTY_PATH);
    }

    /** Makes it the controlling terminal of a session of the process's own. */
    static void control(ProgramBuilder p) {
        p.call("setsid", Sys.SETSID);
        p.call("controlling terminal", Sys.IOCTL, ZERO, TIOCSCTTY, ZERO);
    }
}
