package io.windlass.snapshotter.snapshot;

import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.ImageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Directories that stacks of layers are kept in.
 *
 * <p>
 * Terms. A <em>committed</em> snapshot is one layer on top of a chain of others, read-only, named by its {@link ChainId}. An <em>active</em> snapshot is
 * a writable directory on top of a committed one, named by a key (a container's id). An <em>extraction</em> is a committed snapshot in the making.
 * Nothing is mounted here.
 *
 * <p>
 * Life cycle. {@link #extract} gives a directory to unpack a layer into; {@link #commit} makes a whole image's extractions visible at once, after they
 * are on disk; closing an extraction that was not committed removes it. {@link #prepare} makes an active snapshot, {@link #remove} takes it away. A
 * committed snapshot goes by {@link #removeCommitted}, never while another stands on it.
 *
 * <pre>{@code
 * snapshots.prepare(containerId, image.chainId());
 * OverlayDirs dirs = snapshots.overlay(containerId);   // mounted by the container's own init
 * …
 * snapshots.remove(containerId);
 * }</pre>
 *
 * <p>
 * Every method throws {@link ImageException}: NOT_FOUND for a chain or key that is not there, FAILED_PRECONDITION for one that is in use,
 * RESOURCE_EXHAUSTED for a full disk.
 */
public interface Snapshotter {

    /** A committed snapshot in the making: a directory nobody else sees. Closing it before the commit removes it. */
    interface Extraction extends AutoCloseable {
        /** Returns the empty directory to unpack into. */
        Path directory();

        @Override
        void close() throws ImageException;
    }

    /** Tells whether {@code chain} is committed. The empty chain always is. */
    boolean has(ChainId chain);

    /** Makes a directory for the top layer of {@code chain}, which stands on {@code parent}; the parent need not be there yet. */
    Extraction extract(ChainId chain, ChainId parent) throws ImageException;

    /**
     * Makes extractions visible, durably: all file systems are synced once, then each is recorded. One that another pull committed meanwhile is dropped.
     *
     * @param extractions the lowest first; the parent of each is committed or stands before it
     */
    void commit(List<? extends Extraction> extractions) throws ImageException;

    /** Returns the chain and all below it, the top first. */
    List<ChainId> ancestry(ChainId chain) throws ImageException;

    /** Makes a writable snapshot named {@code key} on top of {@code chain}. Doing it again with the same chain changes nothing. */
    void prepare(String key, ChainId chain) throws ImageException;

    /** Returns what to mount for the active snapshot {@code key}. */
    OverlayDirs overlay(String key) throws ImageException;

    /** Returns what to mount to read {@code chain}: no upper, no work. */
    OverlayDirs view(ChainId chain) throws ImageException;

    /** Removes the active snapshot {@code key} and what was written there. An unknown key is no error. It must not be mounted any more. */
    void remove(String key) throws ImageException;

    /** Removes a committed snapshot. FAILED_PRECONDITION while another snapshot stands on it; an unknown chain is no error. */
    void removeCommitted(ChainId chain) throws ImageException;

    /** Returns what was written to the active snapshot {@code key} so far: walked anew at each call. NOT_FOUND for one that is just being removed, too. */
    Usage usage(String key) throws ImageException;

    /** Returns what the committed layer on top of {@code chain} takes, without those below: walked once, then remembered. */
    Usage usage(ChainId chain) throws ImageException;

    /** Returns the names of all active snapshots. */
    Set<String> keys();

    /** Returns the chains of all committed snapshots. */
    Set<ChainId> committed();

    /** Returns the directory that holds all snapshots, for the file system's statistics. */
    Path directory();
}
