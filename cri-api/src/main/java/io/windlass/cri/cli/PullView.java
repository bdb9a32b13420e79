package io.windlass.cri.cli;

import io.windlass.cri.progress.v1.Layer;
import io.windlass.cri.progress.v1.LayerState;
import io.windlass.cri.progress.v1.PullEvent;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows a pull: a bar for each layer, drawn anew in place, where a person looks; one line at the end of each layer elsewhere. */
final class PullView implements AutoCloseable {

    private static final int BAR = 32;
    private static final long REDRAW_NANOS = 50_000_000;

    private final @Nullable PrintStream err;
    private final boolean terminal;
    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private int drawn;
    private long lastDraw;

    private PullView(@Nullable PrintStream err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    /** A view that shows nothing. */
    static PullView none() {
        return new PullView(null, false);
    }

    /** A view on stderr. */
    static PullView on(Output out) {
        return new PullView(out.err(), out.terminal());
    }

    /** Shows one step. */
    void show(PullEvent event) {
        if (err == null) {
            return;
        }
        switch (event.getStepCase()) {
            case RESOLVED -> err.println(event.getResolved().getReference() + " is " + event.getResolved().getDigest());
            case LAYER -> layer(event.getLayer(), err);
            case COMPLETE, STEP_NOT_SET -> redraw(err);
        }
        err.flush();
    }

    private void layer(Layer layer, PrintStream to) {
        Layer before = layers.put(layer.getDigest(), merged(layer));
        if (!terminal) {
            if (layer.getState() != LayerState.FETCHING && (before == null || before.getState() != layer.getState())) {
                to.println(line(layers.getOrDefault(layer.getDigest(), layer), false));
            }
        } else if (before == null || System.nanoTime() - lastDraw > REDRAW_NANOS) {
            redraw(to);
        }
    }

    /** An unpacked layer keeps the size it was announced with. */
    private Layer merged(Layer layer) {
        Layer before = layers.get(layer.getDigest());
        if (before == null || layer.getSize() > 0) {
            return layer;
        }
        return before.toBuilder().setState(layer.getState()).setFetched(before.getSize()).build();
    }

    private void redraw(PrintStream to) {
        if (!terminal) {
            return;
        }
        lastDraw = System.nanoTime();
        StringBuilder text = new StringBuilder();
        if (drawn > 0) {
            text.append("\033[").append(drawn).append('A');
        }
        layers.values().forEach(layer -> text.append("\033[2K").append(line(layer, true)).append('\n'));
        drawn = layers.size();
        to.print(text);
    }

    static String line(Layer layer, boolean bar) {
        String state = switch (layer.getState()) {
            case PRESENT -> "is here";
            case UNPACKED -> "unpacked";
            case FETCHING, UNRECOGNIZED -> layer.getFetched() >= layer.getSize() && layer.getSize() > 0 ? "unpacking" : "fetching";
        };
        String head = String.format("%-13s %-10s", Human.id(layer.getDigest()), state);
        if (!bar) {
            return head + " " + Human.size(layer.getSize());
        }
        boolean whole = layer.getState() == LayerState.PRESENT || layer.getState() == LayerState.UNPACKED;
        int full = whole ? BAR : layer.getSize() == 0 ? 0 : (int) (BAR * Math.min(1, (double) layer.getFetched() / layer.getSize()));
        return head + " [" + "#".repeat(full) + "-".repeat(BAR - full) + "] " + Human.size(whole ? layer.getSize() : layer.getFetched())
                + " of "
                + Human.size(layer.getSize());
    }

    @Override
    public void close() {
        if (err != null) {
            redraw(err);
            err.flush();
        }
    }
}
