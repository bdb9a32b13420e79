package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One exec or attach. On the connection's event loop only, but for what {@link StreamTarget} does.
 *
 * <pre>
 * collecting --all streams are open--> starting --Attached--> streaming --exit and end of all output--> over
 *     any --client gone--> over           starting --error--> over
 * </pre>
 */
final class RemoteCommand implements StreamService {

    /** How long a client may take to open its streams. */
    static final int OPENING_SECONDS = 30;

    /** The part that differs: how the container's ends come about. */
    interface Start {
        Attached attached() throws IOException;
    }

    private final Wanted wanted;
    private final RemoteProtocol protocol;
    private final Flow flow;
    private final Executor blocking;
    /** What is asked for, in words. */
    private final String call;
    private final Start start;
    private final boolean reportsExit;
    private final DetachKeys keys;
    private final FdWriter input;
    private final Map<String, ClientStream> streams = new HashMap<>();
    private @Nullable Session session;
    private @Nullable Future<?> deadline;
    private @Nullable Running running;
    private int columns;
    private int rows;
    private boolean detached;
    private boolean over;

    /** What a request asks for. */
    RemoteCommand(StreamRequest request, Backend backend, RemoteProtocol protocol, Flow flow) {
        StreamTarget target = backend.target();
        this.protocol = protocol;
        this.flow = flow;
        this.blocking = backend.blocking();
        this.input = new FdWriter(flow);
        switch (request) {
            case StreamRequest.Exec exec -> {
                wanted = exec.wanted();
                call = "exec in container " + exec.containerId();
                start = () -> target.exec(exec.containerId(), exec.command(), exec.wanted());
                reportsExit = true;
                keys = DetachKeys.NONE;
            }
            case StreamRequest.Attach attach -> {
                wanted = attach.wanted();
                call = "attach to container " + attach.containerId();
                start = () -> target.attach(attach.containerId(), attach.wanted());
                reportsExit = false;
                keys = wanted.tty() ? backend.keys() : DetachKeys.NONE;
            }
            case StreamRequest.PortForward forward -> throw new IllegalArgumentException("not a command: " + forward);
        }
    }

    /** The session its streams belong to; the client has a while to open them. */
    void begin(Session session) {
        this.session = session;
        deadline = flow.loop().schedule(() -> fail("not all streams were opened within " + OPENING_SECONDS + " s"), OPENING_SECONDS,
                TimeUnit.SECONDS);
    }

    @Override
    public boolean opened(ClientStream stream) {
        String type = stream.header("streamtype");
        if (over || type == null || streams.containsKey(type)) {
            return false;
        }
        switch (type) {
            case "stdin" -> stream.receiver(wanted.stdin() ? keys.before(input, this::detach) : Discard.INSTANCE);
            case "resize" -> stream.receiver(new ResizeReceiver(this::resize));
            case "stdout", "stderr", "error" -> stream.receiver(Discard.INSTANCE);
            default -> {
                return false;
            }
        }
        boolean before = complete();
        streams.put(type, stream);
        if (!before && complete()) {
            cancelDeadline();
            start();
        }
        return true;
    }

    /** Whether all streams are there that this version of the protocol has for what was asked. */
    private boolean complete() {
        return streams.containsKey("error") && (!wanted.stdin() || streams.containsKey("stdin"))
                && (!wanted.stdout() || streams.containsKey("stdout")) && (!wanted.stderr() || streams.containsKey("stderr"))
                && (!wanted.tty() || !protocol.resizes() || streams.containsKey("resize"));
    }

    private void start() {
        try {
            blocking.execute(this::launch);
        } catch (OutOfMemoryError e) { // no thread can be made
            failLater(call + ": " + e.getMessage());
        }
    }

    private void launch() {
        try {
            Attached attached = start.attached();
            flow.loop().execute(() -> started(attached));
        } catch (IOException | RuntimeException e) {
            failLater(String.valueOf(e.getMessage()));
        } catch (OutOfMemoryError e) { // the start takes threads of its own, too
            failLater(call + ": " + e.getMessage());
        }
    }

    /** A WebSocket opens all its streams in one turn of the event loop, and this may be between two of them. */
    private void failLater(String message) {
        flow.loop().execute(() -> fail(message));
    }

    private void started(Attached attached) {
        running = new Running(attached, flow, input, blocking, code -> end(reportsExit ? Outcome.of(code) : new Outcome.Success()));
        if (over) {
            running.close();
            return;
        }
        if (columns > 0) {
            running.resize(columns, rows);
        }
        running.stream(streams.get("stdout"), streams.get("stderr"));
        if (detached) {
            end(new Outcome.Detached());
        }
    }

    /** What was typed before the keys still goes to the terminal, if that takes it at once. */
    private void detach() {
        detached = true;
        input.end();
        if (running != null) {
            end(new Outcome.Detached());
        }
    }

    /** Sizes come before there is a terminal, too. */
    private void resize(int columns, int rows) {
        this.columns = columns;
        this.rows = rows;
        if (running != null) {
            running.resize(columns, rows);
        }
    }

    private void fail(String message) {
        end(new Outcome.Failed(message));
    }

    private void end(Outcome outcome) {
        if (over) {
            return;
        }
        ClientStream error = streams.get("error");
        byte[] report = outcome.encode(protocol);
        if (error != null && report.length > 0) {
            ByteBuf buffer = flow.buffer(report.length);
            error.write(buffer.writeBytes(report));
        }
        streams.values().forEach(ClientStream::finish);
        stop();
        if (session != null) {
            flow.hangUp(session);
        }
    }

    @Override
    public void disconnected() {
        if (!over) {
            stop();
        }
    }

    /** Until its time it would keep all of this in memory, however long it is over. */
    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private void stop() {
        over = true;
        cancelDeadline();
        input.close();
        if (running != null) {
            running.close();
        }
    }
}
