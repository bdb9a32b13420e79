package io.windlass.cri.server;

import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.windlass.cri.error.CriException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

/** The methods of one service and what answers each; a method without an answer is Unimplemented, by name. */
final class CallTable {

    private final ServiceDescriptor service;
    private final InFlight inFlight;
    private final Map<String, ServerCallHandler<?, ?>> handlers = new HashMap<>();

    CallTable(ServiceDescriptor service, InFlight inFlight) {
        this.service = service;
        this.inFlight = inFlight;
    }

    /** Lets {@code call} answer the method. */
    <Q, R> CallTable unary(MethodDescriptor<Q, R> method, Unary<Q, R> call) {
        String name = String.valueOf(method.getBareMethodName());
        handlers.put(name, ServerCalls.<Q, R>asyncUnaryCall((request, observer) -> {
            try {
                inFlight.run(() -> answer(name, single(call), request, observer));
            } catch (RejectedExecutionException e) {
                observer.onError(Status.UNAVAILABLE.withDescription(name + ": the daemon stops").asRuntimeException());
            } catch (OutOfMemoryError e) { // all threads are busy, and no other can be made
                observer.onError(StatusMapper.map(name, e).asRuntimeException());
            }
        }));
        return this;
    }

    /** Lets {@code call} answer the method with a stream, at the pace of the client. */
    <Q, R> CallTable stream(MethodDescriptor<Q, R> method, Streaming<Q, R> call) {
        String name = String.valueOf(method.getBareMethodName());
        handlers.put(name, ServerCalls.<Q, R>asyncServerStreamingCall((request, observer) -> ClientSink.serve(observer, call,
                paced -> inFlight.count(() -> answer(name, paced, request, observer)))));
        return this;
    }

    /** Lets {@code call} answer the method with a stream that only the client ends: the daemon's stop does not wait for it. */
    <Q, R> CallTable watch(MethodDescriptor<Q, R> method, Streaming<Q, R> call) {
        String name = String.valueOf(method.getBareMethodName());
        handlers.put(name, ServerCalls.<Q, R>asyncServerStreamingCall((request, observer) -> ClientSink.serve(observer, call,
                paced -> answer(name, paced, request, observer))));
        return this;
    }

    /** The definition for the server, with every method of the contract. */
    ServerServiceDefinition build() {
        ServerServiceDefinition.Builder builder = ServerServiceDefinition.builder(service);
        service.getMethods().forEach(method -> add(builder, method));
        return builder.build();
    }

    @SuppressWarnings("unchecked") // a handler is stored under the method it was made for
    private <Q, R> void add(ServerServiceDefinition.Builder builder, MethodDescriptor<Q, R> method) {
        String name = String.valueOf(method.getBareMethodName());
        ServerCallHandler<?, ?> handler = handlers.get(name);
        builder.addMethod(method, handler == null ? absent(name) : (ServerCallHandler<Q, R>) handler);
    }

    private <Q, R> ServerCallHandler<Q, R> absent(String name) {
        Unary<Q, R> refusal = request -> {
            throw CriException.unimplemented(service.getName() + "/" + name + " is not implemented in windlass " + Version.NUMBER);
        };
        return ServerCalls.<Q, R>asyncServerStreamingCall((request, observer) -> answer(name, single(refusal), request, observer));
    }

    private static <Q, R> Streaming<Q, R> single(Unary<Q, R> call) {
        return (request, sink) -> sink.accept(call.call(request));
    }

    private static <Q, R> void answer(String name, Streaming<Q, R> call, Q request, StreamObserver<R> observer) {
        long start = System.nanoTime();
        Status status = Status.OK;
        try {
            call.call(request, observer::onNext);
            observer.onCompleted();
        } catch (Exception | LinkageError | AssertionError | OutOfMemoryError e) {
            String subject = Subject.of(request);
            status = StatusMapper.map(subject.isEmpty() ? name : name + " " + subject, e);
            observer.onError(status.asRuntimeException());
        }
        RpcLog.done(name, request, status, start);
    }
}
