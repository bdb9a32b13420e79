package io.windlass.shim.linux;

/**
 * How a process ended. See waitid(2).
 *
 * @param pid the process
 * @param code the exit code, or 0 where a signal ended it
 * @param signal the signal that ended it, or 0
 */
public record WaitStatus(int pid, int code, int signal) {
    /** Returns the exit code as a shell gives it: 128 + the signal where one ended the process. */
    public int shellCode() {
        return signal == 0 ? code : 128 + signal;
    }
}
