package io.windlass.shim.linux;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Makes directories in a root, component by component. Where we are is kept as the list of plain names from the root, so that {@code ..} needs
 * no trust in a directory's parent (which a hostile process may move); each step opens that list again under RESOLVE_IN_ROOT.
 */
final class InRootDirectories {
    private final RootDir root;

    InRootDirectories(RootDir root) {
        this.root = root;
    }

    Fd make(String path, int mode, int maxLinks) throws IOException {
        Deque<String> todo = new ArrayDeque<>();
        push(todo, path);
        List<String> at = new ArrayList<>();
        Fd here = root.open("/", Fcntl.O_PATH | Fcntl.O_DIRECTORY);
        int links = 0;
        try {
            while (!todo.isEmpty()) {
                String name = todo.pop();
                if (name.equals("..")) {
                    if (!at.isEmpty()) {
                        at.removeLast();
                    }
                } else if (isLink(here, name)) {
                    if (++links > maxLinks) {
                        throw new ErrnoException("mkdirs " + path, Errno.ELOOP);
                    }
                    String target = Syscall.readlinkat(here, name);
                    if (target.startsWith("/")) {
                        at.clear();
                    }
                    push(todo, target);
                } else {
                    Fd next = enter(here, name, mode);
                    here.close();
                    here = next;
                    at.add(name);
                    continue;
                }
                Fd again = root.open("/" + String.join("/", at), Fcntl.O_PATH | Fcntl.O_DIRECTORY);
                here.close();
                here = again;
            }
            return here;
        } catch (IOException | RuntimeException e) {
            here.close();
            throw e;
        }
    }

    private static void push(Deque<String> todo, String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        for (String name : names.reversed()) {
            todo.push(name);
        }
    }

    private static boolean isLink(Fd dir, String name) throws IOException {
        try {
            return Syscall.statx(dir, name, Fcntl.AT_SYMLINK_NOFOLLOW).isLink();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            throw e;
        }
    }

    private static Fd enter(Fd dir, String name, int mode) throws IOException {
        try {
            Syscall.mkdirat(dir, name, mode);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
        return Syscall.openat2(dir, name, Fcntl.O_PATH | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW, 0,
                Fcntl.RESOLVE_BENEATH | Fcntl.RESOLVE_NO_SYMLINKS | Fcntl.RESOLVE_NO_MAGICLINKS);
    }
}
