package io.windlass.cri.stream;

import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.TcpSocket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One forwarded connection: a socket to the pod and the client's pair of streams. Each direction ends by itself; the connection is over when
 * both have ended.
 */
final class ForwardedConnection {

    private final ClientStream data;
    private final ClientStream error;
    private final Flow flow;
    private final FdWriter input;
    private @Nullable FdReader output;
    private Runnable over = () -> {
    };
    private boolean inputDone;
    private boolean outputDone;
    private boolean closed;

    /** A connection under way. */
    ForwardedConnection(ClientStream data, ClientStream error, Flow flow) {
        this.data = data;
        this.error = error;
        this.flow = flow;
        this.input = new FdWriter(flow);
    }

    /** Takes what the client sends, also before there is a socket. */
    FdWriter input() {
        return input;
    }

    /** There is a socket: bytes flow. */
    void connected(Dialed dialed, Runnable over) {
        this.over = over;
        if (closed) {
            dialed.input().close();
            dialed.output().close();
            return;
        }
        Fd socket = dialed.input();
        input.open(socket, () -> {
            inputDone = true;
            endOfInput(socket);
            finishWhenDone();
        });
        output = FdReader.start(dialed.output(), data, flow, () -> {
            outputDone = true;
            data.finish();
            flow.flush();
            finishWhenDone();
        });
    }

    /** The pod sees the end of the client's bytes, as it would without us between. */
    private static void endOfInput(Fd socket) {
        try {
            TcpSocket.shutdownWrite(socket);
        } catch (IOException e) {
            // the pod has closed or reset the connection: there is nobody to tell
        }
    }

    /** There will be no socket. */
    void failed(String message) {
        if (!closed) {
            PortForwarding.send(flow, error, message);
            error.finish();
            data.reset();
            flow.flush();
            close();
        }
    }

    private void finishWhenDone() {
        if (inputDone && outputDone && !closed) {
            error.finish();
            flow.flush();
            close();
            over.run();
        }
    }

    /** Closes the socket. */
    void close() {
        closed = true;
        input.close();
        if (output != null) {
            output.close();
        }
    }
}
