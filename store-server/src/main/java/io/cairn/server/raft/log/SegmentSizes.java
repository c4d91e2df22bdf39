package io.cairn.server.raft.log;

/**
 * Lengths of segments. The first ones are small, so that a new log is ready at once and a small one
 * takes little room; each is twice as long as the one before, up to {@code bytesMax}.
 *
 * @param pageBytes a batch is filled up to a multiple of it: the system would have to read a page
 *     of which only the first part is written
 */
record SegmentSizes(int bytesMin, int bytesMax, int pageBytes) {
  /**
   * 64 MiB: some seconds of the fastest writes, so that changing over to the next one costs nothing
   * that can be measured; and what a snapshot lets go of (256 MiB of entries) is several.
   */
  static final SegmentSizes DEFAULT = new SegmentSizes(2 << 20, 64 << 20, 4_096);

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
