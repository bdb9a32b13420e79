package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.MountFlag;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.Propagation;

import static io.windlass.shim.program.Flags.*;

/**
 * Puts an image's layers together over their own directory, takes what is wanted of them as a detached mount, and takes the rest off again. Comes when no
 * mount travels to the host any more, and while the host's files are in sight.
 */
final class ImageStage {
    private static final Text HERE = new Text(".");
    private static final long FLAGS = MountFlag.READONLY.attribute() | MountFlag.NODEV.attribute();

    private ImageStage() {}

    static Result open(ProgramBuilder p, Targets targets, MountSpec.Image image) {
        String what = "image for " + image.destination();
        Text base = new Text(image.base().toString());
        boolean single = image.lowers().size() == 1; // overlayfs wants two; one is what it shows
        p.call(what, Sys.CHDIR, base);
        if (single) {
            p.call(what, Sys.CHDIR, new Text(image.lowers().getFirst()));
        } else {
            p.call(what, Sys.MOUNT, new Text("overlay"), HERE, new Text("overlay"), MS_RDONLY, RootStage.data(image.lowers(), ""));
            p.call(what, Sys.CHDIR, base);
        }
        Result tree = tree(p, targets, image, what);
        if (!single) {
            p.call(what, Sys.UMOUNT2, base, MNT_DETACH);
        }
        return tree;
    }

    /** The working directory is the image's root, which RESOLVE_IN_ROOT keeps all links in. */
    private static Result tree(ProgramBuilder p, Targets targets, MountSpec.Image image, String what) {
        String path = image.subPath().isEmpty() ? "." : image.subPath();
        Room place = Room.zero("fd:" + path, 8);
        p.open(place.address(), "sub path " + path + " of the " + what, AT_FDCWD, new Text(path),
                targets.how(O_PATH.or(O_CLOEXEC), 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS), Value.of(24));
        Result tree = p.keep("tree:" + image.destination(), what, Sys.OPEN_TREE, place.result(0), EMPTY,
                OPEN_TREE_CLONE.or(AT_EMPTY_PATH).or(O_CLOEXEC));
        p.call(what, Sys.MOUNT_SETATTR, tree, EMPTY, AT_EMPTY_PATH,
                Structs.mountAttr("PRIVATE READONLY NODEV " + SourceStage.shown(image.flags()), FLAGS | SourceStage.flags(image.flags()),
                        Propagation.PRIVATE.flag()),
                Structs.MOUNT_ATTR_SIZE);
        return tree;
    }
}
