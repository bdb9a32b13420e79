package io.windlass.shim.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The raw C library, by JNA's direct mapping. Nothing here is checked: callers look at the result and read {@link #errno()} at once, on the
 * same thread. A {@code byte[]} is copied in and out; a {@link ByteBuffer} must be direct and is used from its base address, in place.
 *
 * <p>
 * Variadic functions are declared with fixed arguments, which x86-64 and aarch64 pass alike.
 */
final class Libc {
    static {
        Native.register(Libc.class, NativeLibrary.getProcess());
    }

    private Libc() {}

    /** Returns errno of the last call this thread made. See errno(3). */
    static int errno() {
        return Native.getLastError();
    }

    /** Returns the base address of a direct buffer. */
    static long address(ByteBuffer direct) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
    }

    // syscall(2): calls that the C library has no function for, by which arguments are memory
    static native long syscall(long nr, long a, long b, long c, long d, long e, long f);

    static native long syscall(long nr, long a, byte[] b, long c, long d, long e, long f);

    static native long syscall(long nr, long a, byte[] b, byte[] c, long d, long e, long f);

    static native long syscall(long nr, long a, byte[] b, long c, byte[] d, long e, long f);

    static native long syscall(long nr, byte[] a, long b, long c, long d, long e, long f);

    static native long syscall(long nr, byte[] a, byte[] b, long c, long d, long e, long f);

    static native long syscall(long nr, long a, long b, byte @Nullable [] c, byte @Nullable [] d, long e, long f);

    static native long syscall(long nr, long a, ByteBuffer b, long c, long d, long e, long f);

    // file descriptors
    static native int close(int fd);

    static native long read(int fd, byte[] buffer, long count);

    static native long read(int fd, ByteBuffer buffer, long count);

    static native long write(int fd, byte[] buffer, long count);

    static native long write(int fd, ByteBuffer buffer, long count);

    static native long pread(int fd, byte[] buffer, long count, long offset);

    static native long pread(int fd, ByteBuffer buffer, long count, long offset);

    static native long pwrite(int fd, ByteBuffer buffer, long count, long offset);

    static native int mlock(ByteBuffer pages, long length);

    static native long lseek(int fd, long offset, int whence);

    static native int dup3(int oldFd, int newFd, int flags);

    static native int fcntl(int fd, int command, long argument);

    static native int fcntl(int fd, int command, byte[] argument);

    static native int flock(int fd, int operation);

    static native int ioctl(int fd, long request, long argument);

    static native int ioctl(int fd, long request, byte[] argument);

    static native int pipe2(int[] fds, int flags);

    static native int memfd_create(byte[] name, int flags);

    static native int eventfd(int value, int flags);

    static native int poll(byte[] pollfds, long count, int timeout);

    static native int epoll_create1(int flags);

    static native int epoll_ctl(int epfd, int op, int fd, byte @Nullable [] event);

    static native int epoll_wait(int epfd, ByteBuffer events, int max, int timeout);

    static native int inotify_init1(int flags);

    static native int inotify_add_watch(int fd, byte[] path, int mask);

    static native int inotify_rm_watch(int fd, int watch);

    static native long copy_file_range(int in, long @Nullable [] offsetIn, int out, long @Nullable [] offsetOut, long count, int flags);

    static native int fsync(int fd);

    static native int fdatasync(int fd);

    static native int syncfs(int fd);

    static native int ftruncate(int fd, long length);

    // paths
    static native int openat(int dir, byte[] path, int flags, int mode);

    static native int mkdirat(int dir, byte[] path, int mode);

    static native int mknodat(int dir, byte[] path, int mode, long device);

    static native int symlinkat(byte[] target, int dir, byte[] path);

    static native int linkat(int oldDir, byte[] oldPath, int newDir, byte[] newPath, int flags);

    static native int unlinkat(int dir, byte[] path, int flags);

    static native int renameat2(int oldDir, byte[] oldPath, int newDir, byte[] newPath, int flags);

    static native long readlinkat(int dir, byte[] path, byte[] buffer, long size);

    static native int fchownat(int dir, byte[] path, int uid, int gid, int flags);

    static native int fchmod(int fd, int mode);

    static native int fchmodat(int dir, byte[] path, int mode, int flags);

    static native int utimensat(int dir, byte[] path, byte[] times, int flags);

    static native int futimens(int fd, byte[] times);

    static native int statx(int dir, byte[] path, int flags, int mask, byte[] buffer);

    static native int statfs(byte[] path, byte[] buffer);

    static native int fstatfs(int fd, byte[] buffer);

    static native int faccessat(int dir, byte[] path, int mode, int flags);

    static native int lsetxattr(byte[] path, byte[] name, byte[] value, long size, int flags);

    static native int fsetxattr(int fd, byte[] name, byte[] value, long size, int flags);

    static native long lgetxattr(byte[] path, byte[] name, byte[] value, long size);

    static native long fgetxattr(int fd, byte[] name, byte[] value, long size);

    static native long llistxattr(byte[] path, byte[] list, long size);

    static native long flistxattr(int fd, byte[] list, long size);

    static native int lremovexattr(byte[] path, byte[] name);

    // mounts and namespaces
    static native int mount(byte @Nullable [] source, byte[] target, byte @Nullable [] type, long flags, byte @Nullable [] data);

    static native int umount2(byte[] target, int flags);

    static native int unshare(int flags);

    static native int setns(int fd, int type);

    static native int sethostname(byte[] name, long length);

    // processes
    static native int kill(int pid, int signal);

    static native int getpid();

    static native int gettid();

    static native int getpgid(int pid);

    static native int umask(int mask);

    static native int waitid(int idType, int id, byte[] siginfo, int options);

    static native int posix_spawn(int[] pid, byte[] path, Pointer actions, Pointer attributes, Pointer argv, Pointer environment);

    static native int posix_spawnattr_init(Pointer attributes);

    static native int posix_spawnattr_setflags(Pointer attributes, short flags);

    static native int posix_spawnattr_setsigdefault(Pointer attributes, Pointer set);

    static native int posix_spawnattr_setsigmask(Pointer attributes, Pointer set);

    static native int posix_spawn_file_actions_init(Pointer actions);

    static native int posix_spawn_file_actions_destroy(Pointer actions);

    static native int posix_spawn_file_actions_adddup2(Pointer actions, int fd, int newFd);

    static native int posix_spawn_file_actions_addclose(Pointer actions, int fd);

    static native int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int from);

    // memory
    static native int madvise(long address, long length, int advice);

    // sockets
    static native int socket(int domain, int type, int protocol);

    static native int socketpair(int domain, int type, int protocol, int[] fds);

    static native int bind(int fd, byte[] address, int length);

    static native int connect(int fd, byte[] address, int length);

    static native int shutdown(int fd, int how);

    static native int setsockopt(int fd, int level, int option, byte[] value, int length);

    static native int getsockopt(int fd, int level, int option, byte[] value, int[] length);

    static native long send(int fd, ByteBuffer buffer, long length, int flags);

    static native long recv(int fd, ByteBuffer buffer, long length, int flags);
}
