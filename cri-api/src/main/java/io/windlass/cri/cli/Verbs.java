package io.windlass.cri.cli;

import io.windlass.cri.cli.args.UsageException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** All verbs, in the order of the help; each is made only when it is asked for. */
final class Verbs {

    /** A verb and how to make it. */
    record Entry(String name, Supplier<Verb> make) {}

    static final List<Entry> ALL = List.of(new Entry("serve", Serve::new), new Entry("config", ConfigVerb::new),
            new Entry("fsck", FsckVerb::new),
            new Entry("version", VersionVerb::new), new Entry("info", Info::new), new Entry("pull", Pull::new),
            new Entry("images", ImagesVerb::new), new Entry("rmi", RemoveImages::new), new Entry("run", Run::new), new Entry("ps", Ps::new),
            new Entry("pods", Pods::new), new Entry("logs", Logs::new), new Entry("exec", Exec::new), new Entry("stop", Stop::new),
            new Entry("rm", Remove::new), new Entry("inspect", Inspect::new), new Entry("stats", Stats::new),
            new Entry("demo", Demo::new), new Entry("completion", Completion::new), new Entry("help", Help::new));

    private Verbs() {}

    /**
     * The verb of that name.
     *
     * @throws UsageException when there is none; the message has the nearest
     */
    static Verb find(String name) {
        Optional<Entry> found = ALL.stream().filter(entry -> entry.name().equals(name)).findFirst();
        return found.orElseThrow(() -> new UsageException("unknown command " + name + nearest(name) + "; windlass help lists all")).make()
                .get();
    }

    /** The verb with the longest common beginning, if that is two letters at least. */
    private static String nearest(String name) {
        String best = "";
        int longest = 1;
        for (Entry entry : ALL) {
            int common = 0;
            while (common < Math.min(name.length(), entry.name().length()) && name.charAt(common) == entry.name().charAt(common)) {
                common++;
            }
            if (common > longest) {
                longest = common;
                best = ", did you mean " + entry.name();
            }
        }
        return best;
    }
}
