package io.windlass.shim.linux;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(20)
class EventsTest {
    @Test
    void epollTellsWhichDescriptorIsReady() throws Exception {
        try (Epoll epoll = Epoll.create(); FileIo.Pipe a = FileIo.pipe2(0); FileIo.Pipe b = FileIo.pipe2(0)) {
            epoll.add(a.read(), Epoll.EPOLLIN, 7);
            epoll.add(b.read(), Epoll.EPOLLIN, -9);
            assertThat(epoll.await(0)).isZero();
            b.write().writeFully(new byte[]{1});
            assertThat(epoll.await(-1)).isEqualTo(1);
            assertThat(epoll.token(0)).isEqualTo(-9);
            a.write().close();
            assertThat(epoll.await(-1)).isEqualTo(2);
            int hung = epoll.token(0) == 7 ? 0 : 1;
            assertThat(epoll.events(hung)).isEqualTo(Epoll.EPOLLHUP);
            epoll.delete(a.read());
            epoll.modify(b.read(), 0, 1);
            assertThat(epoll.await(0)).isZero();
        }
    }

    @Test
    void epollIsWoken() throws Exception {
        try (Epoll epoll = Epoll.create()) {
            Thread.ofPlatform().start(epoll::wake);
            assertThat(epoll.await(-1)).isZero();
            assertThat(epoll.await(0)).isZero();
        }
    }

    @Test
    void pidfdTellsOfTheExitAndReapsOnce() throws Exception {
        try (FileIo.Pipe pipe = FileIo.pipe2(0);
                PidFd child = PidFd.open(Spawn.of("/bin/sh", List.of("sh", "-c", "read x; exit 7")).fd(pipe.read(), 0).start())) {
            assertThat(child.reap()).isEmpty();
            assertThat(child.hasExited()).isFalse();
            assertThat(child.awaitExit(1)).isFalse();
            pipe.read().close();
            pipe.write().close();
            assertThat(child.awaitExit(-1)).isTrue();
            assertThat(child.reap()).contains(new WaitStatus(child.pid(), 7, 0));
            assertThatThrownBy(child::reap).hasMessageContaining("ECHILD");
            assertThat(child.sendSignal(9)).isFalse();
        }
    }

    @Test
    void pidfdSendsSignalsAndCopiesDescriptors() throws Exception {
        try (FileIo.Pipe pipe = FileIo.pipe2(0);
                PidFd child = PidFd.open(Spawn.of("/bin/sleep", List.of("sleep", "1000")).fd(pipe.write(), 5).start())) {
            try (Fd copy = child.getfd(5)) {
                copy.writeFully(new byte[]{42});
            }
            assertThat(pipe.read().read(new byte[1], 1)).isEqualTo(1);
            assertThatThrownBy(() -> child.getfd(99)).hasMessageContaining("fd 99").hasMessageContaining("EBADF");
            assertThat(child.sendSignal(Processes.SIGTERM)).isTrue();
            WaitStatus status = child.waitExit();
            assertThat(status).isEqualTo(new WaitStatus(child.pid(), 0, 15));
            assertThat(status.shellCode()).isEqualTo(143);
        }
    }

    @Test
    void processGroupIsKilledAsAWhole() throws Exception {
        int pid = Spawn.of("/bin/sh", List.of("sh", "-c", "sleep 1000 & wait")).environment(List.of("PATH=/bin")).setsid().start();
        try (PidFd child = PidFd.open(pid)) {
            assertThat(Processes.kill(-pid, Processes.SIGKILL)).isTrue();
            assertThat(child.waitExit().signal()).isEqualTo(9);
        }
        assertThatThrownBy(() -> Processes.kill(-1, 9)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Processes.kill(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void teeAndPollDoNotBlock() throws Exception {
        try (FileIo.Pipe a = FileIo.pipe2(0); FileIo.Pipe b = FileIo.pipe2(0)) {
            assertThatThrownBy(() -> FileIo.tee(a.read(), b.write(), 100)).hasMessageContaining("EAGAIN");
            a.write().writeFully(new byte[10]);
            assertThat(FileIo.available(a.read())).isEqualTo(10);
            assertThat(FileIo.poll(List.of(b.read(), a.read()), FileIo.POLLIN, -1)).containsExactly(0, FileIo.POLLIN);
            assertThat(FileIo.tee(a.read(), b.write(), 100)).isEqualTo(10);
            assertThat(a.read().read(new byte[20], 20)).isEqualTo(10);
            a.write().close();
            assertThat(FileIo.tee(a.read(), b.write(), 100)).isZero();
            assertThat(Fcntl.setPipeSize(b.write(), 1 << 20)).isEqualTo(1 << 20).isEqualTo(Fcntl.pipeSize(b.read()));
            Fcntl.setNonBlocking(b.read(), true);
            assertThat(b.read().read(new byte[20], 20)).isEqualTo(10);
            assertThatThrownBy(() -> b.read().read(new byte[20], 20)).hasMessageContaining("EAGAIN");
        }
    }

    @Test
    void sealedMemfdCannotBeWritten() throws Exception {
        try (Fd memfd = FileIo.memfdCreate("m")) {
            memfd.writeFully(new byte[]{1});
            Fcntl.addSeals(memfd, Fcntl.F_SEAL_WRITE);
            assertThat(Fcntl.seals(memfd)).isEqualTo(Fcntl.F_SEAL_WRITE);
            assertThatThrownBy(() -> memfd.writeFully(new byte[]{1})).hasMessageContaining("EPERM");
        }
    }

    @Test
    void inotifyNamesWhatChanged(@TempDir Path directory) throws Exception {
        try (Inotify inotify = Inotify.create()) {
            int watch = inotify.addWatch(directory.toString(), Inotify.IN_CREATE | Inotify.IN_DELETE);
            assertThat(inotify.await(0)).isEmpty();
            assertThat(inotify.read()).isEmpty();
            Files.writeString(directory.resolve("a-name"), "");
            Files.delete(directory.resolve("a-name"));
            assertThat(inotify.await(-1)).containsExactly(new Inotify.Event(watch, Inotify.IN_CREATE, "a-name"),
                    new Inotify.Event(watch, Inotify.IN_DELETE, "a-name"));
        }
    }

    @Test
    void terminalHasASizeAndAnotherSide() throws Exception {
        try (Fd master = Terminal.openMaster(Fd.CWD, "/dev/ptmx"); Fd peer = Terminal.openPeer(master)) {
            Terminal.resize(master, new Terminal.Size(132, 43));
            assertThat(Terminal.size(peer)).isEqualTo(new Terminal.Size(132, 43));
            peer.writeFully("x\n".getBytes());
            byte[] buffer = new byte[8];
            assertThat(master.read(buffer, 8)).isEqualTo(3);
        }
    }

    @Test
    void socketConnectsOrSaysWhyNot() throws Exception {
        int port;
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, 1, loopback); Fd socket = TcpSocket.connect(loopback, server.getLocalPort())) {
            port = server.getLocalPort();
            assertThat(FileIo.poll(socket, FileIo.POLLOUT, -1)).isEqualTo(FileIo.POLLOUT);
            TcpSocket.finishConnect(socket, loopback, port);
            server.accept().close();
        }
        assertThatThrownBy(() -> {
            try (Fd socket = TcpSocket.connect(loopback, port)) {
                FileIo.poll(socket, FileIo.POLLOUT, -1);
                TcpSocket.finishConnect(socket, loopback, port);
            }
        }).hasMessageContaining("port " + port).hasMessageContaining("ECONNREFUSED");
    }

    @Test
    void socketPairCarriesBytesAndTheEnd() throws Exception {
        try (UnixSocket.Pair pair = UnixSocket.socketpair()) {
            pair.left().writeFully(new byte[]{1, 2});
            UnixSocket.shutdownWrite(pair.left());
            assertThat(pair.right().readAll(10)).containsExactly(1, 2);
        }
    }
}
