package io.windlass.cri.cli;

import com.google.protobuf.Message;
import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.v1.Container;
import io.windlass.cri.v1.ContainerStatusRequest;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.ImageStatusRequest;
import io.windlass.cri.v1.ImageStatusResponse;
import io.windlass.cri.v1.PodSandbox;
import io.windlass.cri.v1.PodSandboxStatusRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code windlass inspect}: all there is to know about containers, pods or images. */
final class Inspect implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("inspect", "Print all about containers, pods or images as JSON.").operands("NAME…", 1, Integer.MAX_VALUE)
                .with(Connection.OPTIONS);
    }

    @Override
    public int run(Arguments arguments, Output out) {
        try (Connection runtime = Connection.open(arguments)) {
            List<Message> found = new ArrayList<>();
            for (String name : arguments.operands()) {
                found.add(inspect(runtime, name));
            }
            out.line(ProtoJson.render(found));
            return 0;
        }
    }

    private static Message inspect(Connection runtime, String name) {
        Ids ids = new Ids(runtime);
        Optional<Container> container = ids.findContainer(name);
        if (container.isPresent()) {
            return runtime.runtime()
                    .containerStatus(ContainerStatusRequest.newBuilder().setContainerId(container.get().getId()).setVerbose(true).build());
        }
        Optional<PodSandbox> pod = ids.findPod(name);
        if (pod.isPresent()) {
            return runtime.runtime()
                    .podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(pod.get().getId()).setVerbose(true).build());
        }
        ImageStatusResponse image = runtime.images()
                .imageStatus(ImageStatusRequest.newBuilder().setImage(ImageSpec.newBuilder().setImage(name)).setVerbose(true).build());
        if (!image.hasImage()) {
            throw new IllegalArgumentException("no container, pod or image is called " + name);
        }
        return image;
    }
}
