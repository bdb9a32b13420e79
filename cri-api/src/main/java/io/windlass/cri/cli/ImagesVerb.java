package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.v1.Image;
import io.windlass.cri.v1.ImageFilter;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.ListImagesRequest;
import io.windlass.cri.v1.ListImagesResponse;
import java.util.List;

/** {@code windlass images}: the images of the node, a line for each name. */
final class ImagesVerb implements Verb {

    private static final String NONE = "<none>";

    @Override
    public Usage usage() {
        return Usage.of("images", "List images.").operands("[IMAGE]", 0, 1)
                .with(Option.flag("quiet", 'q', "Print ids only."), Option.flag("digests", (char) 0, "Show digests, too."))
                .with(Connection.OPTIONS)
                .with(Format.OPTION);
    }

    @Override
    public int run(Arguments arguments, Output out) {
        ListImagesRequest.Builder request = ListImagesRequest.newBuilder();
        arguments.operands().forEach(name -> request.setFilter(ImageFilter.newBuilder().setImage(ImageSpec.newBuilder().setImage(name))));
        try (Connection runtime = Connection.open(arguments)) {
            ListImagesResponse response = runtime.images().listImages(request.build());
            if (Format.of(arguments) == Format.JSON) {
                out.line(ProtoJson.render(response));
            } else if (arguments.has("quiet")) {
                response.getImagesList().forEach(image -> out.line(image.getId()));
            } else {
                out.out().print(table(response.getImagesList(), arguments.has("digests")));
            }
            return 0;
        }
    }

    static String table(List<Image> images, boolean digests) {
        Table table = digests ? new Table("IMAGE", "TAG", "DIGEST", "IMAGE ID", "SIZE") : new Table("IMAGE", "TAG", "IMAGE ID", "SIZE");
        for (Image image : images) {
            String digest = image.getRepoDigestsCount() == 0 ? NONE : image.getRepoDigests(0);
            String hash = digest.substring(digest.indexOf('@') + 1);
            List<String> tags = image.getRepoTagsCount() == 0 ? List.of(digest.split("@", 2)[0] + ":" + NONE) : image.getRepoTagsList();
            for (String tag : tags) {
                int colon = tag.lastIndexOf(':');
                String name = tag.substring(0, colon);
                String size = Human.size(image.getSize());
                if (digests) {
                    table.row(name, tag.substring(colon + 1), hash, Human.id(image.getId()), size);
                } else {
                    table.row(name, tag.substring(colon + 1), Human.id(image.getId()), size);
                }
            }
        }
        return table.render();
    }
}
