package io.windlass.shim.process;

/**
 * What a command executed in a container gave.
 *
 * @param code the exit code; 128 + the signal's number where a signal ended it
 * @param stdout standard output, cut at the cap
 * @param stderr standard error, cut at the cap
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, to become the bytes of an answer; never compared
public record ExecResult(int code, byte[] stdout, byte[] stderr) {}
