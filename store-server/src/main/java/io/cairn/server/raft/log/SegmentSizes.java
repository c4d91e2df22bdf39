package io.cairn.server.raft.log;

/**
 * Lengths of segments, and how many are read at a start. The first ones are small, so that a new
 * log is ready at once and a small one takes little room; each is twice as long as the one before,
 * up to {@code bytesMax}.
 *
 * @param pageBytes a batch is filled up to a multiple of it: the system would have to read a page
 *     of which only the first part is written
 * @param startBytes the newest segments that have so many bytes together are read and checked at
 *     the start; older ones afterwards, if their index fits
 */
record SegmentSizes(int bytesMin, int bytesMax, int pageBytes, long startBytes) {
  /**
   * 64 MiB: some seconds of the fastest writes, so that changing over to the next one costs nothing
   * that can be measured; and what a snapshot lets go of (256 MiB of entries) is several.
   *
   * <p>1 GiB is more than the log has while snapshots are taken as they are by default: three times
   * 256 MiB. So all damage is found before the node takes part, except in a log that has grown
   * beyond that. To read it takes half a second if the system has it in memory, 8 s from a disk of
   * 130 MB/s.
   */
  static final SegmentSizes DEFAULT = new SegmentSizes(2 << 20, 64 << 20, 4_096, 1L << 30);

  SegmentSizes {
    if (bytesMin <= SegmentHeader.LENGTH || bytesMax < bytesMin) {
      throw new IllegalArgumentException("segments of " + bytesMin + " to " + bytesMax + " bytes");
    }
  }

  /** Length of the segment of this number. */
  int bytesOf(long id) {
    int doublings = (int) Math.min(Integer.SIZE, Math.max(0, id - 1));
    return (int) Math.min(bytesMax, (long) bytesMin << doublings);
  }
}
