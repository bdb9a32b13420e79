package io.windlass.conformance;

import io.windlass.conformance.FaultyNode.Cut;
import io.windlass.conformance.FaultyNode.Moment;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Node;
import java.time.Duration;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** The daemon is killed while it fetches the blobs of an image and unpacks them. */
@Faulty
class FaultImageTest {
    private static final int FILE_BYTES = 64 * 1024;

    @Row(1)
    void aFetchThatWasCutIsMadeAgain(Fault fault, FaultyNode faulty) throws Exception {
        pull(fault.random("blob fetch"), faulty, "root/content/ingest", 0.5);
    }

    @Row(2)
    void anUnpackingThatWasCutIsMadeAgain(Fault fault, FaultyNode faulty) throws Exception {
        pull(fault.random("unpacking"), faulty, "root/snapshots", 1);
    }

    /** @param begin the directory whose first change is the earliest moment */
    private static void pull(Random random, FaultyNode faulty, String begin, double share) throws Exception {
        Node node = faulty.node();
        String name = "cut-" + node.next();
        node.registry().push(name, "1", SummedImage.of(random, FILE_BYTES));
        String reference = node.registry().reference(name + ":1");
        Duration phase = FaultyNode.measure(() -> {
            Pulled.pull(node, reference).close();
            return true;
        });
        Moment change = Moment.change(node.scratch().resolve(begin));
        Duration delay = Fault.moment(random, Duration.ofNanos((long) (phase.toNanos() * share)));
        Cut<String> cut = faulty.killDuring(() -> node.pull(reference), Moment.then(change, delay));
        if (cut.answered()) {
            assertThat(ImageTest.status(node, reference).hasImage()).isTrue();
        } else if (ImageTest.status(node, reference).hasImage()) {
            SummedImage.check(node, reference); // all there, and only the answer missing
        }
        try (Pulled pulled = Pulled.pull(node, reference)) {
            SummedImage.check(node, pulled.name());
        }
    }
}
