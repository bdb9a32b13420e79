package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.v1.ContainerStats;
import io.windlass.cri.v1.ContainerStatsFilter;
import io.windlass.cri.v1.ListContainerStatsRequest;
import io.windlass.cri.v1.ListContainerStatsResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code windlass stats}: what running containers use; CPU over a short time, the rest at its end. */
final class Stats implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("stats", "Show what running containers use.").operands("[CONTAINER]", 0, 1)
                .with(Option.of("interval", 'i', "MILLISECONDS", "Time to measure CPU over. Default 500.")).with(Connection.OPTIONS)
                .with(Format.OPTION);
    }

    @Override
    public int run(Arguments arguments, Output out) throws InterruptedException {
        try (Connection runtime = Connection.open(arguments)) {
            ContainerStatsFilter.Builder filter = ContainerStatsFilter.newBuilder();
            arguments.operands().forEach(name -> filter.setId(new Ids(runtime).container(name).getId()));
            ListContainerStatsRequest request = ListContainerStatsRequest.newBuilder().setFilter(filter).build();
            ListContainerStatsResponse first = runtime.runtime().listContainerStats(request);
            if (Format.of(arguments) == Format.JSON) {
                out.line(ProtoJson.render(first));
                return 0;
            }
            Thread.sleep(arguments.number("interval", 500));
            out.out().print(table(first.getStatsList(), runtime.runtime().listContainerStats(request).getStatsList()));
            return 0;
        }
    }

    static String table(List<ContainerStats> before, List<ContainerStats> after) {
        Map<String, ContainerStats> earlier = new HashMap<>();
        before.forEach(stats -> earlier.put(stats.getAttributes().getId(), stats));
        Table table = new Table("CONTAINER", "NAME", "CPU", "MEMORY", "DISK", "INODES");
        for (ContainerStats stats : after) {
            table.row(Human.id(stats.getAttributes().getId()), stats.getAttributes().getMetadata().getName(),
                    cpu(earlier.getOrDefault(stats.getAttributes().getId(), stats), stats),
                    Human.size(stats.getMemory().getWorkingSetBytes().getValue()),
                    Human.size(stats.getWritableLayer().getUsedBytes().getValue()),
                    Long.toString(stats.getWritableLayer().getInodesUsed().getValue()));
        }
        return table.render();
    }

    private static String cpu(ContainerStats before, ContainerStats after) {
        long nanos = after.getCpu().getTimestamp() - before.getCpu().getTimestamp();
        long used = after.getCpu().getUsageCoreNanoSeconds().getValue() - before.getCpu().getUsageCoreNanoSeconds().getValue();
        return nanos <= 0 ? "-" : String.format(Locale.ROOT, "%.1f%%", 100.0 * used / nanos);
    }
}
