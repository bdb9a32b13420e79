package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The forwarded connections of one client. Each is a pair of streams with the same headers port and requestid: one of type data, one of type
 * error, which only carries a text when the connection fails. Clients that are very old send no requestid and open error and data right after
 * each other. On the connection's event loop only, but for what {@link StreamTarget} does.
 */
final class PortForwarding implements StreamService {

    private static final int OPENING_SECONDS = RemoteCommand.OPENING_SECONDS;

    /** Connections under way to the pod at a time: each takes a thread until the pod has answered, which it may not do for long. */
    static final int DIALS = 16;

    /** Pairs of which one half is there: a half that the client has reset is no longer one of its streams, but the other may still come. */
    static final int MAX_WAITING = 1000;

    private static final class Pair {
        private @Nullable ClientStream data;
        private @Nullable ClientStream error;
        private @Nullable Future<?> deadline;

        /** Until its time it would keep the connection in memory. */
        private void cancelDeadline() {
            if (deadline != null) {
                deadline.cancel(false);
            }
        }
    }

    private final String sandboxId;
    private final StreamTarget target;
    private final Flow flow;
    private final Executor blocking;
    private final Map<String, Pair> waiting = new HashMap<>();
    private final Set<ForwardedConnection> connections = new HashSet<>();
    /** Those whose dial waits for its turn. */
    private final SequencedSet<ForwardedConnection> dials = new LinkedHashSet<>();
    private int dialing;
    private @Nullable Session only;
    private boolean over;

    PortForwarding(String sandboxId, StreamTarget target, Flow flow, Executor blocking) {
        this.sandboxId = sandboxId;
        this.target = target;
        this.flow = flow;
        this.blocking = blocking;
    }

    /** The connections that there are by now are all that will come: the session ends with the last of them. */
    void endWithTheLast(Session session) {
        only = session;
    }

    /** Pairs, connections and dials that are kept in memory. */
    int kept() {
        return waiting.size() + connections.size() + dials.size();
    }

    private void ended(ForwardedConnection connection) {
        connections.remove(connection);
        dials.remove(connection);
        if (only != null && connections.isEmpty()) {
            flow.hangUp(only);
        }
    }

    @Override
    public boolean opened(ClientStream stream) {
        String type = stream.header("streamtype");
        boolean data = "data".equals(type);
        int port = port(stream);
        if (over || port == 0 || !data && !"error".equals(type)) {
            return false;
        }
        String request = stream.header("requestid");
        String key = request != null ? request : "stream " + (data ? stream.id() - 2 : stream.id());
        if (waiting.size() >= MAX_WAITING && !waiting.containsKey(key)) {
            return false;
        }
        Pair pair = waiting.computeIfAbsent(key, this::newPair);
        if (data ? pair.data != null : pair.error != null) {
            return false;
        }
        if (data) {
            pair.data = stream;
        } else {
            pair.error = stream;
        }
        if (pair.data != null && pair.error != null) {
            waiting.remove(key);
            pair.cancelDeadline();
            forward(port(pair.data), pair.data, pair.error);
        }
        return true;
    }

    private Pair newPair(String key) {
        Pair pair = new Pair();
        pair.deadline = flow.loop().schedule(() -> {
            if (waiting.remove(key, pair)) {
                ClientStream only = pair.data != null ? pair.data : pair.error;
                if (only != null) {
                    only.reset();
                    flow.flush();
                }
            }
        }, OPENING_SECONDS, TimeUnit.SECONDS);
        return pair;
    }

    /** The port in a stream's headers, 0 if there is no valid one. */
    private static int port(ClientStream stream) {
        String text = stream.header("port");
        if (text == null || text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        int port = Integer.parseInt(text);
        return port <= 0xffff ? port : 0;
    }

    private void forward(int port, ClientStream data, ClientStream error) {
        ForwardedConnection connection = new ForwardedConnection(port, data, error, flow, this::ended);
        connections.add(connection);
        dials.add(connection);
        data.receiver(connection); // which is over at once where the client has reset its data
        dialNext();
    }

    /** Starts what may be started of the dials that wait. */
    private void dialNext() {
        while (dialing < DIALS && !dials.isEmpty()) {
            ForwardedConnection next = dials.removeFirst();
            dialing++;
            try {
                blocking.execute(() -> dial(next));
            } catch (OutOfMemoryError e) { // no thread can be made
                failed(next, e);
            }
        }
    }

    private void dial(ForwardedConnection connection) {
        try {
            Dialed dialed = target.dial(sandboxId, connection.port());
            flow.loop().execute(() -> answered(() -> connection.connected(dialed)));
        } catch (IOException | RuntimeException | OutOfMemoryError e) { // the dial takes a thread of its own, too
            failed(connection, e);
        }
    }

    private void failed(ForwardedConnection connection, Throwable e) {
        String message = "port " + connection.port() + " of sandbox " + sandboxId + " cannot be reached: " + e.getMessage();
        flow.loop().execute(() -> answered(() -> connection.failed(message)));
    }

    private void answered(Runnable answer) {
        dialing--;
        answer.run();
        dialNext();
    }

    @Override
    public void disconnected() {
        over = true;
        waiting.values().forEach(Pair::cancelDeadline);
        waiting.clear();
        connections.forEach(ForwardedConnection::close);
        connections.clear();
        dials.clear();
    }

    /** Sends a text on a stream. */
    static void send(Flow flow, ClientStream stream, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuf buffer = flow.buffer(bytes.length);
        stream.write(buffer.writeBytes(bytes));
    }
}
