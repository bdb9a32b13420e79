package io.windlass.shim.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The memory that posix_spawn(3) reads: attributes, file actions, argv and envp. Arenas are used again, one start at a time. */
final class SpawnArena implements AutoCloseable {
    private static final int ACTIONS = 256; // posix_spawn_file_actions_t is 80 bytes in glibc
    private static final int ATTRIBUTES = 512; // posix_spawnattr_t is 336 bytes in glibc
    private static final int SIGSET = 128;
    private static final int ROOM = 16 * 1024;

    private static final short SETSIGDEF = 4;
    private static final short SETSIGMASK = 8;
    private static final short SETSID = 128;

    private static final ConcurrentLinkedQueue<SpawnArena> FREE = new ConcurrentLinkedQueue<>();
    private static final Pointer PLAIN = attributes((short) (SETSIGDEF | SETSIGMASK));
    private static final Pointer SESSION = attributes((short) (SETSIGDEF | SETSIGMASK | SETSID));

    private final Memory memory = new Memory(ACTIONS + ROOM);
    private Pointer argv = memory;
    private Pointer envp = memory;

    private SpawnArena() {}

    static SpawnArena take() {
        SpawnArena arena = FREE.poll();
        if (arena == null) {
            arena = new SpawnArena();
        }
        Libc.posix_spawn_file_actions_init(arena.memory);
        return arena;
    }

    private static Memory zeroed(int size) {
        Memory memory = new Memory(size);
        memory.clear();
        return memory;
    }

    private static Pointer attributes(short flags) {
        Memory memory = zeroed(ATTRIBUTES + 2 * SIGSET);
        Pointer none = memory.share(ATTRIBUTES);
        Pointer all = memory.share(ATTRIBUTES + SIGSET);
        // 32 and 33, which the C library keeps for itself, too: it would leave them ignored
        all.setLong(0, -1);
        Libc.posix_spawnattr_init(memory);
        Libc.posix_spawnattr_setflags(memory, flags);
        Libc.posix_spawnattr_setsigdefault(memory, all);
        Libc.posix_spawnattr_setsigmask(memory, none);
        return memory;
    }

    /** Puts down both vectors: first the pointers, then the strings. */
    void strings(String path, List<String> arguments, List<String> environment) throws IOException {
        long size = 8L * (arguments.size() + environment.size() + 2);
        List<byte[]> strings = new ArrayList<>();
        for (List<String> list : List.of(arguments, environment)) {
            for (String string : list) {
                byte[] bytes = CString.of("posix_spawn " + path, string);
                strings.add(bytes);
                size += bytes.length;
            }
        }
        Memory room = size <= ROOM ? memory : new Memory(size);
        long base = size <= ROOM ? ACTIONS : 0;
        argv = room.share(base);
        envp = room.share(base + 8L * (arguments.size() + 1));
        long at = base + 8L * (arguments.size() + environment.size() + 2);
        long slot = base;
        for (int i = 0; i < strings.size(); i++, slot += 8) {
            if (i == arguments.size()) {
                room.setPointer(slot, null);
                slot += 8;
            }
            room.write(at, strings.get(i), 0, strings.get(i).length);
            room.setPointer(slot, room.share(at));
            at += strings.get(i).length;
        }
        envp.setPointer(8L * environment.size(), null);
        argv.setPointer(8L * arguments.size(), null);
    }

    /** In the child: {@code target} becomes a copy of {@code source} without FD_CLOEXEC, also where both are the same. */
    void dup2(int source, int target) throws IOException {
        check(Libc.posix_spawn_file_actions_adddup2(memory, source, target), "posix_spawn_file_actions_adddup2");
    }

    /** In the child: closes one descriptor; glibc takes no offence where it is closed. */
    void close(int fd) throws IOException {
        check(Libc.posix_spawn_file_actions_addclose(memory, fd), "posix_spawn_file_actions_addclose");
    }

    void closeFrom(int first) throws IOException {
        check(Libc.posix_spawn_file_actions_addclosefrom_np(memory, first), "posix_spawn_file_actions_addclosefrom_np");
    }

    int spawn(String path, boolean setsid) throws IOException {
        int[] pid = new int[1];
        byte[] p = CString.of("posix_spawn", path);
        check(Libc.posix_spawn(pid, p, memory, setsid ? SESSION : PLAIN, argv, envp), "posix_spawn " + path);
        return pid[0];
    }

    private static void check(int errno, String call) throws ErrnoException {
        if (errno != 0) {
            throw new ErrnoException(call, errno);
        }
    }

    @Override
    public void close() {
        Libc.posix_spawn_file_actions_destroy(memory);
        FREE.add(this);
    }
}
