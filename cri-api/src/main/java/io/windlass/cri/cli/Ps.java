package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.v1.Container;
import io.windlass.cri.v1.ContainerFilter;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStateValue;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.ListContainersResponse;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.PodSandbox;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code windlass ps}: containers, the newest first. */
final class Ps implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("ps", "List running containers.")
                .with(Option.flag("all", 'a', "List those that do not run, too."), Option.flag("quiet", 'q', "Print ids only."),
                        Option.of("pod", 'p', "POD", "Only of this pod."),
                        Option.of("label", 'l', "KEY=VALUE", "Only with this label; repeatable."))
                .with(Connection.OPTIONS).with(Format.OPTION);
    }

    @Override
    public int run(Arguments arguments, Output out) {
        try (Connection runtime = Connection.open(arguments)) {
            ContainerFilter.Builder filter = ContainerFilter.newBuilder()
                    .putAllLabelSelector(KeyValues.map(arguments.all("label"), "label"));
            if (!arguments.has("all")) {
                filter.setState(ContainerStateValue.newBuilder().setState(ContainerState.CONTAINER_RUNNING));
            }
            arguments.last("pod").ifPresent(pod -> filter.setPodSandboxId(new Ids(runtime).pod(pod).getId()));
            ListContainersResponse response = runtime.runtime()
                    .listContainers(ListContainersRequest.newBuilder().setFilter(filter).build());
            if (Format.of(arguments) == Format.JSON) {
                out.line(ProtoJson.render(response));
            } else if (arguments.has("quiet")) {
                response.getContainersList().forEach(container -> out.line(container.getId()));
            } else {
                Map<String, String> pods = runtime.runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList()
                        .stream()
                        .collect(Collectors.toMap(PodSandbox::getId, pod -> pod.getMetadata().getName()));
                out.out().print(table(response, pods, Instant.now()));
            }
            return 0;
        }
    }

    static String table(ListContainersResponse response, Map<String, String> pods, Instant now) {
        Table table = new Table("CONTAINER", "NAME", "STATE", "CREATED", "IMAGE", "POD");
        response.getContainersList().stream().sorted((a, b) -> Long.compare(b.getCreatedAt(), a.getCreatedAt()))
                .forEach(
                        c -> table.row(Human.id(c.getId()), c.getMetadata().getName(), state(c), Human.ago(c.getCreatedAt(), now), image(c),
                                pods.getOrDefault(c.getPodSandboxId(), Human.id(c.getPodSandboxId()))));
        return table.render();
    }

    private static String state(Container container) {
        String name = container.getState().name();
        return name.substring(name.indexOf('_') + 1).toLowerCase(Locale.ROOT);
    }

    private static String image(Container container) {
        String asked = container.getImage().getUserSpecifiedImage();
        String image = asked.isEmpty() ? container.getImage().getImage() : asked;
        return image.startsWith("sha256:") ? Human.id(image) : image;
    }
}
