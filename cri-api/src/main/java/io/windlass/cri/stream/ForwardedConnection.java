package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.TcpSocket;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One forwarded connection: a socket to the pod and the client's pair of streams. Each direction ends by itself; the connection is over when
 * both have ended, when the client resets its data, as the pod cannot send on then either, and when the pod has ended its direction and the
 * client cannot be told. What the client sends is taken also before there is a socket.
 */
final class ForwardedConnection implements ClientStream.Receiver {

    private final int port;
    private final ClientStream data;
    private final ClientStream error;
    private final Flow flow;
    private final Consumer<ForwardedConnection> over;
    private final FdWriter input;
    private @Nullable FdReader output;
    private boolean inputDone;
    private boolean outputDone;
    private boolean closed;

    /**
     * A connection under way.
     *
     * @param over takes the connection when it is over, not when {@link #close()} was called
     */
    ForwardedConnection(int port, ClientStream data, ClientStream error, Flow flow, Consumer<ForwardedConnection> over) {
        this.port = port;
        this.data = data;
        this.error = error;
        this.flow = flow;
        this.over = over;
        this.input = new FdWriter(flow);
    }

    /** The pod's port that it goes to. */
    int port() {
        return port;
    }

    @Override
    public void data(ByteBuf bytes) {
        input.data(bytes);
    }

    @Override
    public void end() {
        input.end();
    }

    @Override
    public void reset() {
        finish();
    }

    /** There is a socket: bytes flow. */
    void connected(Dialed dialed) {
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
            if (data.tellsItsEnd()) {
                finishWhenDone();
            } else {
                finish();
            }
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
            data.reset();
            finish();
        }
    }

    private void finishWhenDone() {
        if (inputDone && outputDone) {
            finish();
        }
    }

    private void finish() {
        if (!closed) {
            error.finish();
            flow.flush();
            close();
            over.accept(this);
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
