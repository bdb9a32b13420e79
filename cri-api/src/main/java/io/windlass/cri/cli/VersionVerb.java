package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.server.Version;
import io.windlass.cri.v1.VersionRequest;
import io.windlass.cri.v1.VersionResponse;

/** {@code windlass version}: of this program, and of the runtime when one answers. */
final class VersionVerb implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("version", "Print the version of this program and of the runtime.").with(Connection.OPTIONS).with(Format.OPTION);
    }

    @Override
    public int run(Arguments arguments, Output out) {
        boolean json = Format.of(arguments) == Format.JSON;
        if (!json) {
            out.line("client   " + Version.NAME + " " + Version.NUMBER); // of use also where no runtime answers
        }
        try (Connection runtime = Connection.open(arguments)) {
            VersionResponse version = runtime.runtime().version(VersionRequest.getDefaultInstance());
            out.line(json
                    ? ProtoJson.render(version)
                    : "runtime  " + version.getRuntimeName() + " " + version.getRuntimeVersion() + ", CRI "
                            + version.getRuntimeApiVersion());
            return 0;
        }
    }
}
