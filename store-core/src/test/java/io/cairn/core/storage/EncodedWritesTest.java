package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBatch;

/** The layout is the one the library makes itself. */
class EncodedWritesTest {
  @TempDir Path folder;

  @Test
  void bytesAreThoseOfTheLibrary() throws Exception {
    Random random = new Random(TestSeed.of(EncodedWritesTest.class, 20_261_126));
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    families.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY));
    for (int i = 1; i < 200; i++) { // numbers of one and of two bytes
      families.add(new ColumnFamilyDescriptor(("f" + i).getBytes(StandardCharsets.UTF_8)));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options =
            new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
        RocksDB database = RocksDB.open(options, folder.toString(), families, handles)) {
      EncodedWrites ours = new EncodedWrites();
      for (int round = 0; round < 20; round++) {
        ours.clear();
        try (WriteBatch theirs = new WriteBatch()) {
          for (int i = random.nextInt(200); i > 0; i--) {
            // Of the default family the library has tags of its own; it reads these as well.
            ColumnFamilyHandle family = handles.get(1 + random.nextInt(handles.size() - 1));
            byte[] key = bytes(random, 300);
            switch (random.nextInt(3)) {
              case 0 -> {
                theirs.delete(family, key);
                ours.delete(family.getID(), key);
              }
              case 1 -> {
                theirs.singleDelete(family, key);
                ours.singleDelete(family.getID(), key);
              }
              default -> {
                byte[] value = bytes(random, random.nextInt(10) == 0 ? 100_000 : 200);
                theirs.put(family, key, value);
                ours.put(family.getID(), key, value);
              }
            }
          }
          try (WriteBatch made = ours.toBatch()) {
            assertThat(made.data()).isEqualTo(theirs.data());
            assertThat(made.count()).isEqualTo(theirs.count());
          }
        }
      }
      handles.forEach(ColumnFamilyHandle::close);
      database.cancelAllBackgroundWork(true);
    }
  }

  private static byte[] bytes(Random random, int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }
}
