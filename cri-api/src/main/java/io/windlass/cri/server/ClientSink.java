package io.windlass.cri.server;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Hands answers to a client no faster than it takes them: gRPC itself would keep them all in memory. Each stream has a virtual thread, which is
 * interrupted when the client goes.
 *
 * @param <R> an answer
 */
final class ClientSink<R> implements Consumer<R> {

    private final ServerCallStreamObserver<R> observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ready = lock.newCondition();

    private ClientSink(ServerCallStreamObserver<R> observer) {
        this.observer = observer;
    }

    /**
     * Lets {@code answer} run on a thread of its own, with {@code call} held to the client's pace.
     *
     * @param observer as gRPC gave it
     */
    static <Q, R> void serve(StreamObserver<R> observer, Streaming<Q, R> call, Consumer<Streaming<Q, R>> answer) {
        ClientSink<R> sink = new ClientSink<>((ServerCallStreamObserver<R>) observer);
        sink.observer.setOnReadyHandler(sink::wake);
        sink.observer.setOnCancelHandler(sink::wake);
        Context context = Context.current();
        Thread.ofVirtual().name("stream").start(context.wrap(() -> {
            Thread thread = Thread.currentThread();
            Context.CancellationListener gone = cancelled -> thread.interrupt();
            context.addListener(gone, Runnable::run);
            try {
                answer.accept((request, unpaced) -> call.call(request, sink));
            } finally {
                context.removeListener(gone);
            }
        }));
    }

    @Override
    public void accept(R message) {
        lock.lock();
        try {
            while (!observer.isReady()) {
                if (observer.isCancelled()) {
                    throw gone();
                }
                ready.await();
            }
            observer.onNext(message);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw gone();
        } finally {
            lock.unlock();
        }
    }

    private static RuntimeException gone() {
        return Status.CANCELLED.withDescription("the client has gone").asRuntimeException();
    }

    private void wake() {
        lock.lock();
        try {
            ready.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
