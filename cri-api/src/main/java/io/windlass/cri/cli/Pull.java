package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.cli.args.UsageException;
import io.windlass.cri.v1.AuthConfig;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.PullImageRequest;
import io.windlass.cri.v1.PullImageResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** {@code windlass pull}. */
final class Pull implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("pull", "Pull an image.").operands("IMAGE", 1, 1)
                .with(Option.of("user", 'u', "NAME", "User of the registry; the password is read from standard input."),
                        Option.flag("quiet", 'q', "Print the image's id only."))
                .with(Connection.OPTIONS).with(Format.OPTION);
    }

    @Override
    public int run(Arguments arguments, Output out) throws IOException {
        PullImageRequest.Builder request = PullImageRequest.newBuilder().setImage(ImageSpec.newBuilder().setImage(arguments.first()));
        if (arguments.has("user")) {
            request.setAuth(AuthConfig.newBuilder().setUsername(arguments.last("user", "")).setPassword(password()));
        }
        try (Connection runtime = Connection.open(arguments)) {
            String ref = new WatchedPull(runtime).pull(request.build(), arguments.has("quiet") ? PullView.none() : PullView.on(out));
            out.line(Format.of(arguments) == Format.JSON
                    ? ProtoJson.render(PullImageResponse.newBuilder().setImageRef(ref).build())
                    : ref);
            return 0;
        }
    }

    /** Never an argument: those are for everybody to see in /proc. */
    private static String password() throws IOException {
        String line = new String(System.in.readNBytes(1 << 16), StandardCharsets.UTF_8).lines().findFirst().orElse("");
        if (line.isEmpty()) {
            throw new UsageException("--user wants the password on standard input: windlass pull --user NAME IMAGE < FILE");
        }
        return line;
    }
}
