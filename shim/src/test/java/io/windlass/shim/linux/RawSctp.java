package io.windlass.shim.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/** Packets of SCTP over IPv4 by a raw socket of the calling thread's namespace, for kernels that translate SCTP without having its sockets. */
public final class RawSctp implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_RAW = 3;
    private static final int IPPROTO_SCTP = 132;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int INIT = 32;

    private final int fd;

    public RawSctp() throws IOException {
        fd = (int) call("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), AF_INET, SOCK_RAW, IPPROTO_SCTP);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timeval = arena.allocate(16);
            timeval.set(JAVA_LONG, 0, 5);
            call("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), fd, SOL_SOCKET,
                    SO_RCVTIMEO,
                    timeval, 16);
        }
    }

    /** Sends the first packet of an association. */
    public void sendInit(InetAddress to, int port) throws IOException {
        ByteBuffer packet = ByteBuffer.allocate(INIT);
        packet.putShort((short) 40000).putShort((short) port).putInt(0).putInt(0);
        packet.put((byte) 1).put((byte) 0).putShort((short) 20).putInt(0x1234).putInt(65536).putShort((short) 1).putShort((short) 1)
                .putInt(1);
        CRC32C crc = new CRC32C();
        crc.update(packet.array());
        packet.order(ByteOrder.LITTLE_ENDIAN).putInt(8, (int) crc.getValue());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(16);
            address.copyFrom(MemorySegment.ofArray(new byte[]{AF_INET, 0, 0, 0}));
            MemorySegment.copy(to.getAddress(), 0, address, JAVA_BYTE, 4, 4);
            MemorySegment bytes = arena.allocate(INIT).copyFrom(MemorySegment.ofArray(packet.array()));
            call("sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT), fd, bytes,
                    (long) INIT, 0,
                    address, 16);
        }
    }

    /** Waits for a packet; the port that it is for. */
    public int receivePort() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(256);
            call("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT), fd, bytes, 256L, 0);
            ByteBuffer packet = bytes.asByteBuffer();
            return packet.getShort((packet.get(0) & 0xf) * 4 + 2) & 0xffff;
        }
    }

    @Override
    public void close() throws IOException {
        call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), fd);
    }

    private static long call(String name, FunctionDescriptor type, Object... arguments) throws IOException {
        MethodHandle handle = Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow(name), type);
        long result;
        try {
            result = ((Number) handle.invokeWithArguments(arguments)).longValue();
        } catch (Throwable e) {
            throw new IOException(name, e);
        }
        if (result < 0) {
            throw new IOException(name + " failed");
        }
        return result;
    }
}
