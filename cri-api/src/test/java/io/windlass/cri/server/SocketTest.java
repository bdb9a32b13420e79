package io.windlass.cri.server;

import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.RuntimeServiceGrpc;
import io.windlass.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import io.windlass.cri.v1.VersionRequest;
import io.windlass.cri.v1.VersionResponse;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The gRPC server on a real socket, with one call behind it. */
class SocketTest {

    @TempDir
    Path directory;
    private Path path;
    private EventLoopGroup loop;
    private ManagedChannel channel;
    private RuntimeServiceBlockingStub stub;

    @BeforeEach
    void connect() {
        path = directory.resolve("state/w.sock");
        loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(path.toFile())).eventLoopGroup(loop)
                .channelType(EpollDomainSocketChannel.class).usePlaintext().build();
        stub = RuntimeServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void theSocketIsForItsOwnerOnlyAndGoesWithTheServer() throws IOException {
        try (Listener listener = serve(Set.of(uid()), new Version()::call)) {
            assertThat(mode(path)).isEqualTo("rw-------");
            assertThat(mode(path.resolveSibling("."))).isEqualTo("rwx------");
            assertThat(stub.version(VersionRequest.getDefaultInstance()).getRuntimeName()).isEqualTo("windlass");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void peersThatAreNotAllowedAreHungUpOn() throws IOException {
        try (Listener listener = serve(Set.of(4_000_000), new Version()::call)) {
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> stub.version(VersionRequest.getDefaultInstance()))
                    .satisfies(e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE));
        }
    }

    @Test
    void whatIsNotThereIsUnimplementedByName() throws IOException {
        try (Listener listener = serve(Set.of(uid()), new Version()::call)) {
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> stub.listPodSandbox(ListPodSandboxRequest.getDefaultInstance()))
                    .satisfies(e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNIMPLEMENTED))
                    .withMessageContaining("runtime.v1.RuntimeService/ListPodSandbox is not implemented in windlass");
        }
    }

    @Test
    void aLeftoverIsReplacedAndALiveSocketIsNot() throws IOException {
        try (Listener listener = serve(Set.of(uid()), new Version()::call)) {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> SocketFile.at(path))
                    .withMessageContaining("is served by another process");
            Path copy = path.resolveSibling("left.sock");
            try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(copy));
            }
            assertThat(SocketFile.at(copy).toString()).isEqualTo(copy.toString());
            Files.writeString(path.resolveSibling("file"), "mine");
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> SocketFile.at(path.resolveSibling("file")))
                    .withMessageContaining("not a socket");
        }
    }

    @Test
    void directoriesThatOthersMayChangeAreRefused() throws IOException {
        Path open = Files.createDirectory(directory.resolve("open"));
        for (String mode : List.of("rwxrwx---", "rwxr-xrwx")) {
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(mode));
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> SocketFile.at(open.resolve("w.sock")))
                    .withMessageContaining("can be written by others than its owner");
        }
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(SocketFile.at(open.resolve("w.sock")).toString()).endsWith("open/w.sock");
        Files.setAttribute(open, "unix:uid", 4_000_000);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> SocketFile.at(open.resolve("w.sock")))
                .withMessageContaining("belongs to user 4000000");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> PrivateDirectory.make(open))
                .withMessageContaining("belongs to user 4000000");
    }

    @Test
    void pathsTooLongForASocketAreRefusedByName() {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> SocketFile.at(directory.resolve("x".repeat(110))))
                .withMessageContaining("too long");
    }

    @Test
    void aCallUnderWayMayEndBeforeTheServerDoes() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Listener listener = serve(Set.of(uid()), request -> {
            began.countDown();
            goOn.await();
            return new Version().call(request);
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answer = threads.submit(() -> stub.version(VersionRequest.getDefaultInstance()));
            began.await();
            var closed = threads.submit(listener::close);
            goOn.countDown();
            assertThat(answer.get(10, TimeUnit.SECONDS).getVersion()).isEqualTo("0.1.0");
            closed.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void twoDaemonsDoNotShareADirectory() throws IOException {
        try (DirectoryLock first = DirectoryLock.take(directory.resolve("root"))) {
            assertThat(mode(directory.resolve("root"))).isEqualTo("rwx------");
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> DirectoryLock.take(directory.resolve("root")))
                    .withMessageContaining("in use by another windlass daemon");
        }
        DirectoryLock.take(directory.resolve("root")).close();
    }

    private Listener serve(Set<Integer> uids, Unary<VersionRequest, VersionResponse> version) throws IOException {
        InFlight inFlight = new InFlight(() -> {
        });
        var service = new CallTable(RuntimeServiceGrpc.getServiceDescriptor(), inFlight)
                .unary(RuntimeServiceGrpc.getVersionMethod(), version).build();
        return Listener.open(SocketFile.at(path), new PeerGate(uids), List.of(service), inFlight, 16 << 20, 10);
    }

    private static int uid() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
