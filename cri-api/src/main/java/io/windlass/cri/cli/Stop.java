package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.v1.Container;
import io.windlass.cri.v1.StopContainerRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import java.util.Optional;

/** {@code windlass stop}: containers, or pods with all of theirs. */
final class Stop implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("stop", "Stop containers or pods.").operands("NAME…", 1, Integer.MAX_VALUE)
                .with(Option.of("time", 't', "SECONDS",
                        "Wait so long before a container is killed; those of a pod are killed at once. Default 10."))
                .with(Connection.OPTIONS);
    }

    @Override
    public int run(Arguments arguments, Output out) {
        try (Connection runtime = Connection.open(arguments)) {
            Ids ids = new Ids(runtime);
            for (String name : arguments.operands()) {
                Optional<Container> container = ids.findContainer(name);
                if (container.isPresent()) {
                    runtime.patient().stopContainer(StopContainerRequest.newBuilder().setContainerId(container.get().getId())
                            .setTimeout(arguments.number("time", 10)).build());
                } else {
                    runtime.patient()
                            .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(Missing.pod(ids, name).getId()).build());
                }
                out.line(name);
            }
            return 0;
        }
    }
}
