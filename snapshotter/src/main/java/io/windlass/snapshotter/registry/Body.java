package io.windlass.snapshotter.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A response's body, read buffer by buffer without copying. A server that sends nothing for a while is given up. Closing it ends the connection. */
final class Body implements HttpResponse.BodySubscriber<Body>, AutoCloseable {

    private sealed interface Signal {}

    private record Data(List<ByteBuffer> buffers) implements Signal {}

    private record End(@Nullable Throwable cause) implements Signal {}

    private final Duration stall;
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final Deque<ByteBuffer> ready = new ArrayDeque<>();
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean closed;
    private boolean ended;

    Body(Duration stall) {
        this.stall = stall;
    }

    @Override
    public CompletionStage<Body> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (closed) { // before the client's thread came here
            given.cancel();
        } else {
            given.request(2);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        signals.add(new Data(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        signals.add(new End(cause));
    }

    @Override
    public void onComplete() {
        signals.add(new End(null));
    }

    /**
     * Returns the next bytes, or null at the end.
     *
     * @throws HttpTimeoutException when nothing came for the stall time
     */
    @Nullable
    ByteBuffer next() throws IOException {
        while (ready.isEmpty() && !ended) {
            switch (take()) {
                case Data data -> {
                    ready.addAll(data.buffers);
                    Flow.Subscription current = subscription;
                    if (current != null) {
                        current.request(1);
                    }
                }
                case End end -> {
                    ended = true;
                    if (end.cause != null) {
                        throw new IOException("the connection was cut: " + end.cause.getMessage(), end.cause);
                    }
                }
            }
        }
        return ready.poll();
    }

    private Signal take() throws IOException {
        try {
            Signal signal = signals.poll(stall.toMillis(), TimeUnit.MILLISECONDS);
            if (signal == null) {
                throw new HttpTimeoutException("the registry sent nothing for " + stall.toSeconds() + " seconds");
            }
            return signal;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a registry's answer was read");
        }
    }

    /** Reads all of it, but not more than {@code limit} bytes: null when there are more. */
    byte @Nullable [] readAll(int limit) throws IOException {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        for (ByteBuffer bytes = next(); bytes != null; bytes = next()) {
            if (out.size() + bytes.remaining() > limit) {
                return null;
            }
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            out.write(copy);
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        closed = true;
        Flow.Subscription current = subscription;
        if (current != null && !ended) {
            current.cancel();
        }
    }
}
