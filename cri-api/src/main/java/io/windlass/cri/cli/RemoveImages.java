package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.cli.args.UsageException;
import io.windlass.cri.v1.Image;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.ImageStatusRequest;
import io.windlass.cri.v1.ListImagesRequest;
import io.windlass.cri.v1.RemoveImageRequest;
import java.util.List;

/** {@code windlass rmi}. */
final class RemoveImages implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("rmi", "Remove images with all their names.").operands("[IMAGE…]", 0, Integer.MAX_VALUE)
                .with(Option.flag("all", 'a', "Remove all images.")).with(Connection.OPTIONS);
    }

    @Override
    public int run(Arguments arguments, Output out) {
        if (arguments.operands().isEmpty() != arguments.has("all")) {
            throw new UsageException("rmi wants images, or --all");
        }
        int code = 0;
        try (Connection runtime = Connection.open(arguments)) {
            for (String name : names(arguments, runtime)) {
                ImageSpec image = ImageSpec.newBuilder().setImage(name).build();
                if (!runtime.images().imageStatus(ImageStatusRequest.newBuilder().setImage(image).build()).hasImage()) {
                    out.err().println("windlass: image " + name + " is not here; windlass images lists all");
                    code = 1;
                    continue;
                }
                runtime.patientImages().removeImage(RemoveImageRequest.newBuilder().setImage(image).build());
                out.line(name);
            }
        }
        return code;
    }

    private static List<String> names(Arguments arguments, Connection runtime) {
        if (!arguments.has("all")) {
            return arguments.operands();
        }
        return runtime.images().listImages(ListImagesRequest.getDefaultInstance()).getImagesList().stream().map(Image::getId).toList();
    }
}
