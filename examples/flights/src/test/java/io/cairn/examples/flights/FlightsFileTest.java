package io.cairn.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightsFileTest {
  @TempDir private Path folder;

  @Test
  void allRecordsThatComeWithCairnAreRead() throws IOException {
    FlightsFile flights = FlightsFile.read(Path.of("flights-200k.csv.gz"));
    Totals totals = flights.totals(0, flights.rows());
    assertThat(flights.rows()).isEqualTo(200_000);
    assertThat(sum(totals.flights())).isEqualTo(200_000);
    assertThat(sum(totals.delayMinutes())).isEqualTo(1_500_159);
  }

  @Test
  void partitionsTogetherAreTheWhole() throws IOException {
    FlightsFile flights = FlightsFile.read(Path.of("flights-200k.csv.gz"));
    int partitions = 7;
    Totals all = Totals.startingAt(0);
    for (int partition = 0; partition < partitions; partition++) {
      long from = flights.firstRow(partition, partitions);
      all = all.plus(flights.totals(from, flights.firstRow(partition + 1, partitions)));
    }
    assertThat(all).isEqualTo(flights.totals(0, flights.rows()));
  }

  @Test
  void hourMayBeADecimalNumber() throws IOException {
    Totals totals = read("delay_minutes,distance_miles,departure_hour", "5,100,7.5", "-2,9,23.98");
    assertThat(totals.flights().get(7)).isEqualTo(1);
    assertThat(totals.delayMinutes().get(7)).isEqualTo(5);
    assertThat(totals.delayMinutes().get(23)).isEqualTo(-2);
  }

  @Test
  void hourMayStandInADateWithTime() throws IOException {
    Totals totals = read("departure,delay_minutes", "2001/01/31 07:30,5", "2001/02/01 00:00,11");
    assertThat(totals.delayMinutes().get(7)).isEqualTo(5);
    assertThat(totals.delayMinutes().get(0)).isEqualTo(11);
  }

  @Test
  void gzipIsKnownByItsContentNotItsName() throws IOException {
    Path file = folder.resolve("plain-name.csv");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("delay_minutes,departure_hour\n3,12.0\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(FlightsFile.read(file).rows()).isEqualTo(1);
  }

  @Test
  void fileWithoutRecordsHasNoRows() throws IOException {
    assertThat(FlightsFile.read(write("delay_minutes,departure_hour")).rows()).isZero();
  }

  @Test
  void headerWithoutTheColumnsIsRefused() throws IOException {
    assertRefused("has no columns delay_minutes and departure_hour", "a,b,c", "1,2,3");
    assertRefused("has no columns delay_minutes", "delay_minutes,hour", "1,2");
    Path empty = Files.createFile(folder.resolve("empty.csv"));
    assertThatThrownBy(() -> FlightsFile.read(empty)).hasMessageContaining("1 columns");
  }

  @Test
  void badLinesAreNamedByTheirNumber() throws IOException {
    String header = "delay_minutes,departure_hour";
    assertRefused("line 3: has only 1 columns", header, "1,2.0", "5");
    assertRefused("line 2: departure hour 24 is not within 0 to 23", header, "1,24.0");
    assertRefused("line 2: departure hour -1 is not within 0 to 23", header, "1,-1.0");
    assertRefused("line 2: ", header, "late,7.0");
    assertRefused("line 2: ", header, "1,noon");
    assertRefused("line 2: ", header, "");
    assertRefused("line 2: ", "departure,delay_minutes", "2001/01/31,5");
  }

  @Test
  void fileThatIsNotThereIsRefused() {
    Path absent = folder.resolve("absent.csv");
    assertThatThrownBy(() -> FlightsFile.read(absent)).isInstanceOf(NoSuchFileException.class);
  }

  private void assertRefused(String message, String... lines) throws IOException {
    Path file = write(lines);
    assertThatThrownBy(() -> FlightsFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(file.toString());
  }

  private Totals read(String... lines) throws IOException {
    FlightsFile flights = FlightsFile.read(write(lines));
    return flights.totals(0, flights.rows());
  }

  private Path write(String... lines) throws IOException {
    return Files.writeString(folder.resolve("flights.csv"), String.join("\n", lines) + "\n");
  }

  private static long sum(Iterable<Long> numbers) {
    long sum = 0;
    for (long number : numbers) {
      sum += number;
    }
    return sum;
  }
}
