package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.v1.Container;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.PodSandbox;
import io.windlass.cri.v1.RemoveContainerRequest;
import java.util.Optional;

/** {@code windlass rm}: containers, or pods with all of theirs. A container of {@code windlass run} goes with its pod. */
final class Remove implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("rm", "Remove containers or pods.").operands("NAME…", 1, Integer.MAX_VALUE)
                .with(Option.flag("force", 'f', "Remove what still runs, too.")).with(Connection.OPTIONS);
    }

    @Override
    public int run(Arguments arguments, Output out) {
        try (Connection runtime = Connection.open(arguments)) {
            for (String name : arguments.operands()) {
                remove(runtime, name, arguments.has("force"));
                out.line(name);
            }
            return 0;
        }
    }

    private static void remove(Connection runtime, String name, boolean force) {
        Ids ids = new Ids(runtime);
        Optional<Container> found = ids.findContainer(name);
        if (found.isEmpty()) {
            PodSandbox pod = Missing.pod(ids, name);
            RunPods.remove(runtime, pod.getId(), force);
            return;
        }
        Container container = found.get();
        if (!force && container.getState() == ContainerState.CONTAINER_RUNNING) {
            throw new IllegalArgumentException("container " + name + " is running: stop it first, or remove it with --force");
        }
        if (container.getLabelsMap().containsKey(RunPods.LABEL)) {
            RunPods.remove(runtime, container.getPodSandboxId(), true);
        } else {
            runtime.patient().removeContainer(RemoveContainerRequest.newBuilder().setContainerId(container.getId()).build());
        }
    }
}
