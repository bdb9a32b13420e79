package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Memory;
import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

import static io.windlass.shim.program.Flags.*;

/**
 * Opens, and where missing makes, the places of mounts inside the container's root. Everything is resolved by openat2 with RESOLVE_IN_ROOT and
 * RESOLVE_NO_MAGICLINKS.
 */
final class Targets {
    private static final long IN_ROOT = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    private static final Value DIRECTORY_MODE = Value.octal(0755);
    private static final Value HOW_SIZE = Value.of(24);
    private static final long MISSING = ProgramBuilder.errors(ENOENT);
    /** To root, too: by a file system of others, or in a user namespace. */
    static final long FORBIDDEN = ProgramBuilder.errors(EACCES, EPERM);

    private final ProgramBuilder p;
    private final Map<List<Long>, Room> hows = new LinkedHashMap<>();

    Targets(ProgramBuilder program) {
        this.p = program;
    }

    /** A struct open_how. */
    Memory how(Value flags, int mode, long resolve) {
        return hows.computeIfAbsent(List.of(flags.value(), (long) mode, resolve), key -> Room.of("{" + flags.shown()
                + (mode == 0 ? "" : ", 0" + Integer.toOctalString(mode)) + ", " + resolveNames(resolve) + "}",
                List.of(flags, Value.of(mode), Value.of(resolve)))).address();
    }

    private static String resolveNames(long resolve) {
        StringBuilder out = new StringBuilder();
        String[] names = {"NO_XDEV", "NO_MAGICLINKS", "NO_SYMLINKS", "BENEATH", "IN_ROOT"};
        for (int i = 0; i < names.length; i++) {
            if ((resolve >>> i & 1) != 0) {
                out.append(out.isEmpty() ? "" : "|").append(names[i]);
            }
        }
        return out.toString();
    }

    private Value directoryFlags() {
        return O_PATH.or(O_CLOEXEC).or(new Value(p.architecture().directory(), "O_DIRECTORY"));
    }

    /** Opens what is there, following links in the root; goes to a label if it is missing. */
    Result openOr(Label missing, long errors, String what, String path) {
        Room place = Room.zero(name(path), 8);
        p.openOr(place.address(), errors, missing, what, AT_FDCWD, new Text(path), how(O_PATH.or(O_CLOEXEC), 0, IN_ROOT), HOW_SIZE);
        return place.result(0);
    }

    /**
     * Opens a place for a mount, and makes it where it is missing.
     *
     * @param source a descriptor: where that is a file, so is the place made; null makes a directory
     */
    Result open(String what, String path, @Nullable Result source) {
        return openOrMake(what, path, source, source == null ? how(directoryFlags(), 0, IN_ROOT) : how(O_PATH.or(O_CLOEXEC), 0, IN_ROOT),
                null);
    }

    /** Opens a real directory: no link on the way, as /proc, /sys and /dev must be. Makes it where it is missing. */
    Result openReal(String what, String path) {
        return openOrMake(what, path, null, how(directoryFlags(), 0, IN_ROOT | RESOLVE_NO_SYMLINKS), null);
    }

    /** @param refused where it goes if the way there is forbidden; null for a failure */
    private Result openOrMake(String what, String path, @Nullable Result source, Memory how, @Nullable Label refused) {
        Room place = Room.zero(name(path), 8);
        Label make = p.label("make");
        Label made = p.label("made");
        Operand[] open = {AT_FDCWD, new Text(path), how, HOW_SIZE};
        p.openOr(place.address(), refused == null ? MISSING : MISSING | FORBIDDEN, make, what, open);
        p.here(made);
        p.later(() -> {
            p.here(make);
            if (refused != null) {
                p.test(place.address(), -1, -ENOENT, refused);
            }
            makeByDescriptor(what, path, source);
            p.open(place.address(), what, open);
            p.jump(made);
        });
        return place.result(0);
    }

    /** Opens a directory for chdir. */
    Result openDirectory(String what, String path) {
        return resolve(what, path, directoryFlags());
    }

    /** As {@link #openDirectory}; goes to a label if the way there is forbidden, and makes it where it is missing and {@code make}. */
    Result openDirectoryOr(Label refused, String what, String path, boolean make) {
        Memory how = how(directoryFlags(), 0, IN_ROOT);
        if (make) {
            return openOrMake(what, path, null, how, refused);
        }
        Room place = Room.zero(name(path), 8);
        p.openOr(place.address(), FORBIDDEN, refused, what, AT_FDCWD, new Text(path), how, HOW_SIZE);
        return place.result(0);
    }

    private Result resolve(String what, String path, Value flags) {
        Room place = Room.zero(name(path), 8);
        p.open(place.address(), what, AT_FDCWD, new Text(path), how(flags, 0, IN_ROOT), HOW_SIZE);
        return place.result(0);
    }

    /** Opens the container's own null device for reading and writing: the host's would be an object of the host. */
    Result openNull() {
        return resolve("open /dev/null", "/dev/null", O_RDWR.or(O_NOCTTY).or(O_CLOEXEC));
    }

    /** Each part by a descriptor of its parent: a part that is swapped meanwhile leads nowhere outside. */
    private void makeByDescriptor(String what, String path, @Nullable Result source) {
        List<String> parts = parts(path);
        for (int i = 0; i < parts.size(); i++) {
            String parent = i == 0 ? "/" : "/" + String.join("/", parts.subList(0, i));
            boolean last = i == parts.size() - 1;
            Label next = p.label("next");
            if (last && source != null) {
                makeFileOr(what, path, source, next);
            }
            Result directory = resolve(what, parent, directoryFlags());
            p.tolerate(ProgramBuilder.errors(EEXIST), what, Sys.MKDIRAT, directory, new Text(parts.get(i)), DIRECTORY_MODE);
            p.here(next);
        }
    }

    /** If the source is no directory, makes a file and goes to a label. A dangling link in the last place is followed, in the root. */
    private void makeFileOr(String what, String path, Result source, Label done) {
        Label file = p.label("file");
        Label directory = p.label("directory");
        Room entry = Room.zero("entry", 8);
        p.branchInto(entry.address(), ProgramBuilder.errors(ENOTDIR) | FORBIDDEN, file, what, Sys.OPENAT2, source, new Text("."),
                how(directoryFlags(), 0, 0), HOW_SIZE);
        p.here(directory); // perhaps one that root may not enter
        p.later(() -> {
            p.here(file);
            p.test(entry.address(), -1, -ENOTDIR, directory);
            p.open(Room.zero("made", 8).address(), what, AT_FDCWD, new Text(path), how(O_RDONLY.or(O_CREAT).or(O_CLOEXEC), 0644, IN_ROOT),
                    HOW_SIZE);
            p.jump(done);
        });
    }

    /**
     * Makes a place in the bare root, before any file system with magic links is mounted in it. Here dangling links on the way, such as /var/run to
     * a /run that the image lacks, get a directory at their end; more than the last part of that must not be missing.
     */
    void prepare(String what, String path, @Nullable Result source) {
        Label make = p.label("prepare");
        Label made = p.label("prepared");
        openOr(make, MISSING, what, path);
        p.here(made);
        p.later(() -> {
            p.here(make);
            List<String> parts = parts(path);
            for (int i = 0; i < parts.size(); i++) {
                String parent = i == 0 ? "/" : "/" + String.join("/", parts.subList(0, i));
                String part = (i == 0 ? "" : parent) + "/" + parts.get(i);
                Label next = p.label("next");
                if (i == parts.size() - 1 && source != null) {
                    makeFileOr(what, path, source, next);
                }
                Label exists = p.label("exists");
                p.branch(ProgramBuilder.errors(EEXIST), exists, what, Sys.MKDIRAT, AT_FDCWD, new Text(part), DIRECTORY_MODE);
                p.jump(next);
                p.here(exists);
                Label dangling = p.label("dangling");
                p.openOr(Room.zero("found", 8).address(), MISSING, dangling, what, AT_FDCWD, new Text(part),
                        how(directoryFlags(), 0, IN_ROOT), HOW_SIZE);
                p.jump(next);
                p.here(dangling);
                Memory end = Room.zero("link", 4096).address();
                p.call(what, Sys.READLINKAT, AT_FDCWD, new Text(part), end, Value.of(4095));
                p.call(what, Sys.CHDIR, new Text(parent));
                p.call(what, Sys.MKDIRAT, AT_FDCWD, end, DIRECTORY_MODE);
                p.call(what, Sys.CHDIR, new Text("/"));
                p.here(next);
            }
            p.jump(made);
        });
    }

    private static String name(String path) {
        return "fd:" + path;
    }

    private static List<String> parts(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/")) {
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return parts;
    }
}
