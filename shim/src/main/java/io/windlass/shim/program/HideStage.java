package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Value;
import java.util.List;

import static io.windlass.shim.program.Flags.*;

/** Hides paths, and makes others read-only. What is not there is skipped. */
final class HideStage {
    private static final long ABSENT = ProgramBuilder.errors(ENOENT, ENOTDIR);
    private static final Value ONTO = MOVE_MOUNT_F_EMPTY_PATH.or(MOVE_MOUNT_T_EMPTY_PATH);

    private HideStage() {}

    /** Files get the verified null device over them, directories an empty read-only tmpfs. */
    static void mask(ProgramBuilder p, Targets targets, List<String> paths) {
        if (paths.isEmpty()) {
            return;
        }
        Result nullDevice = DevStage.verifiedNull(p);
        for (String path : paths) {
            String what = "mask " + path;
            Label next = p.label("next");
            Label directory = p.label("directory");
            Result target = targets.openOr(next, ABSENT, what, path);
            Result tree = p.keep("mask", what, Sys.OPEN_TREE, nullDevice, EMPTY, OPEN_TREE_CLONE.or(AT_EMPTY_PATH).or(O_CLOEXEC));
            p.branch(ProgramBuilder.errors(ENOTDIR, EINVAL), directory, what, Sys.MOVE_MOUNT, tree, EMPTY, target, EMPTY, ONTO);
            p.here(next);
            p.later(() -> {
                p.here(directory);
                MountStage.fresh(p, target, what, "tmpfs", MS_RDONLY, "nr_inodes=2");
                p.jump(next);
            });
        }
    }

    static void readonly(ProgramBuilder p, Targets targets, List<String> paths) {
        for (String path : paths) {
            String what = "make " + path + " read-only";
            Label next = p.label("next");
            Result target = targets.openOr(next, ABSENT, what, path);
            Result tree = p.keep("readonly", what, Sys.OPEN_TREE, target, EMPTY,
                    OPEN_TREE_CLONE.or(AT_EMPTY_PATH).or(AT_RECURSIVE).or(O_CLOEXEC));
            p.call(what, Sys.MOUNT_SETATTR, tree, EMPTY, AT_EMPTY_PATH.or(AT_RECURSIVE), Structs.mountAttr("READONLY", 1, 0),
                    Structs.MOUNT_ATTR_SIZE);
            p.call(what, Sys.MOVE_MOUNT, tree, EMPTY, target, EMPTY, ONTO);
            p.here(next);
        }
    }
}
