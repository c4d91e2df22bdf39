package io.cairn.examples.flights;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Flight records in memory: delay and departure hour of each. Reads CSV, plain or gzipped, whose
 * first line names the columns: {@code delay_minutes}, and either {@code departure_hour} (7.5) or
 * {@code departure} (2001/01/31 07:30).
 */
public final class FlightsFile {
  private final int[] delayMinutes;
  private final byte[] hours;

  private FlightsFile(int[] delayMinutes, byte[] hours) {
    this.delayMinutes = delayMinutes;
    this.hours = hours;
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read or a line is not as it should be; the message has the
   *     line's number
   */
  public static FlightsFile read(Path file) throws IOException {
    try (BufferedReader lines = open(file)) {
      String header = lines.readLine();
      Columns columns = Columns.of(file, header == null ? "" : header);
      List<int[]> rows = new ArrayList<>();
      int number = 1;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        try {
          rows.add(columns.parse(line));
        } catch (RuntimeException e) {
          throw new IOException(file + ", line " + number + ": " + e.getMessage(), e);
        }
      }
      int[] delays = rows.stream().mapToInt(row -> row[0]).toArray();
      byte[] hours = new byte[delays.length];
      for (int i = 0; i < hours.length; i++) {
        hours[i] = (byte) rows.get(i)[1];
      }
      return new FlightsFile(delays, hours);
    }
  }

  /** How many records. */
  public int rows() {
    return delayMinutes.length;
  }

  /** The totals of rows [from, to). */
  public Totals totals(long from, long to) {
    long[] flights = new long[Totals.HOURS];
    long[] delays = new long[Totals.HOURS];
    for (int row = Math.toIntExact(from); row < to; row++) {
      flights[hours[row]]++;
      delays[hours[row]] += delayMinutes[row];
    }
    return new Totals(from, to, boxed(flights), boxed(delays));
  }

  /** First row of a partition; that of {@code partition + 1} is its end. */
  public long firstRow(int partition, int partitions) {
    return (long) rows() * partition / partitions;
  }

  private static List<Long> boxed(long[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  private static BufferedReader open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    in.mark(2);
    boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return new BufferedReader(
        new InputStreamReader(gzip ? new GZIPInputStream(in) : in, StandardCharsets.UTF_8));
  }

  private record Columns(int delay, int departure, boolean decimalHour) {
    static Columns of(Path file, String header) throws IOException {
      List<String> names = Arrays.asList(header.split(",", -1));
      int delay = names.indexOf("delay_minutes");
      boolean decimal = names.contains("departure_hour");
      int departure = names.indexOf(decimal ? "departure_hour" : "departure");
      if (delay < 0 || departure < 0) {
        throw new IOException(
            file
                + " has no columns delay_minutes and departure_hour or departure; its first line has "
                + names.size()
                + " columns");
      }
      return new Columns(delay, departure, decimal);
    }

    int[] parse(String line) {
      String[] fields = line.split(",", -1);
      if (fields.length <= Math.max(delay, departure)) {
        throw new IllegalArgumentException("has only " + fields.length + " columns");
      }
      String when = fields[departure];
      int hour =
          decimalHour ? (int) Double.parseDouble(when) : Integer.parseInt(when.substring(11, 13));
      if (hour < 0 || hour >= Totals.HOURS) {
        throw new IllegalArgumentException("departure hour " + hour + " is not within 0 to 23");
      }
      return new int[] {Integer.parseInt(fields[delay]), hour};
    }
  }
}
