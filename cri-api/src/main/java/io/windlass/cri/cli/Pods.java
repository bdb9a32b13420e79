package io.windlass.cri.cli;

import io.grpc.StatusRuntimeException;
import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.ListPodSandboxResponse;
import io.windlass.cri.v1.PodSandbox;
import io.windlass.cri.v1.PodSandboxFilter;
import io.windlass.cri.v1.PodSandboxState;
import io.windlass.cri.v1.PodSandboxStatusRequest;
import java.time.Instant;
import java.util.List;

/** {@code windlass pods}: pods, the newest first. */
final class Pods implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("pods", "List pods.")
                .with(Option.flag("quiet", 'q', "Print ids only."),
                        Option.of("label", 'l', "KEY=VALUE", "Only with this label; repeatable."))
                .with(Connection.OPTIONS).with(Format.OPTION);
    }

    @Override
    public int run(Arguments arguments, Output out) {
        try (Connection runtime = Connection.open(arguments)) {
            PodSandboxFilter filter = PodSandboxFilter.newBuilder().putAllLabelSelector(KeyValues.map(arguments.all("label"), "label"))
                    .build();
            ListPodSandboxResponse response = runtime.runtime()
                    .listPodSandbox(ListPodSandboxRequest.newBuilder().setFilter(filter).build());
            if (Format.of(arguments) == Format.JSON) {
                out.line(ProtoJson.render(response));
            } else if (arguments.has("quiet")) {
                response.getItemsList().forEach(pod -> out.line(pod.getId()));
            } else {
                out.out().print(table(runtime, response.getItemsList()));
            }
            return 0;
        }
    }

    private static String table(Connection runtime, List<PodSandbox> pods) {
        Instant now = Instant.now();
        Table table = new Table("POD", "NAME", "NAMESPACE", "STATE", "CREATED", "IP");
        pods.stream().sorted((a, b) -> Long.compare(b.getCreatedAt(), a.getCreatedAt()))
                .forEach(pod -> table.row(Human.id(pod.getId()), pod.getMetadata().getName(), pod.getMetadata().getNamespace(),
                        pod.getState() == PodSandboxState.SANDBOX_READY ? "ready" : "notready", Human.ago(pod.getCreatedAt(), now),
                        ip(runtime, pod)));
        return table.render();
    }

    /** The list does not say it. A pod that goes meanwhile has none. */
    private static String ip(Connection runtime, PodSandbox pod) {
        if (pod.getState() != PodSandboxState.SANDBOX_READY) {
            return "-";
        }
        try {
            String ip = runtime.runtime().podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(pod.getId()).build())
                    .getStatus()
                    .getNetwork().getIp();
            return ip.isEmpty() ? "-" : ip;
        } catch (StatusRuntimeException e) {
            return "-";
        }
    }
}
