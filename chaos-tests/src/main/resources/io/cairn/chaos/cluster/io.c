/*
 * Reads, writes and fsyncs that fail, lie, fall short or take long, for files below one folder, in
 * a process that runs already. The harness writes a page that this process maps: which calls, what
 * is done to them, with what probability, and perhaps a text that the path of a file must have
 * in it. Counted is what was done.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#undef fread_unlocked

#define PAGE_BYTES 4096
#define MILLION 1000000ULL

enum { CALLS, ACTION, ERROR, PPM, DELAY_MICROS, WRITES_HIT = 8, SYNCS_HIT, READS_HIT, MARK = 16 };
enum { WRITE_CALL = 1, SYNC_CALL = 2, READ_CALL = 4 };
enum { FAIL = 1, LIE, SHORT, TORN, DELAY, FLIP };

static volatile int64_t *page;
static char folder[PATH_MAX];
static size_t folder_length;
static __thread uint64_t dice;

static ssize_t (*true_write)(int, const void *, size_t);
static ssize_t (*true_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*true_pread)(int, void *, size_t, off_t);
static ssize_t (*true_writev)(int, const struct iovec *, int);
static ssize_t (*true_read)(int, void *, size_t);
static size_t (*true_fread)(void *, size_t, size_t, FILE *);
static int (*true_fsync)(int);
static int (*true_fdatasync)(int);

static void bind_symbols(void) {
  *(void **)&true_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  *(void **)&true_pread = dlsym(RTLD_NEXT, "pread64");
  *(void **)&true_read = dlsym(RTLD_NEXT, "read");
  *(void **)&true_fread = dlsym(RTLD_NEXT, "fread_unlocked");
  *(void **)&true_writev = dlsym(RTLD_NEXT, "writev");
  *(void **)&true_fsync = dlsym(RTLD_NEXT, "fsync");
  *(void **)&true_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  *(void **)&true_write = dlsym(RTLD_NEXT, "write");
}

__attribute__((constructor)) static void begin(void) {
  bind_symbols();
  const char *file = getenv("CHAOS_IO");
  const char *path = getenv("CHAOS_IO_PATH");
  int fd = file && path && strlen(path) < PATH_MAX ? open(file, O_RDWR | O_CLOEXEC) : -1;
  if (fd < 0) {
    return;
  }
  strcpy(folder, path);
  folder_length = strlen(path);
  void *mapped = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped != MAP_FAILED) {
    page = mapped;
  }
}

static uint64_t roll(void) {
  if (!dice) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    dice = ((uint64_t)now.tv_nsec << 20) ^ (uint64_t)(uintptr_t)&dice;
    dice |= 1;
  }
  dice ^= dice << 13;
  dice ^= dice >> 7;
  dice ^= dice << 17;
  return dice;
}

/* Whether this path has the text in it that the page names; all do if it names none. */
static int is_meant(const char *path) { return strstr(path, (const char *)&page[MARK]) != NULL; }

/* What is to be done to this call on this file; 0 for nothing. */
static int action(int call, int fd) {
  if (!page || !(page[CALLS] & call)) {
    return 0;
  }
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < (ssize_t)folder_length || memcmp(path, folder, folder_length) != 0) {
    return 0;
  }
  path[length] = 0;
  if (!is_meant(path)) {
    return 0;
  }
  return roll() % MILLION < (uint64_t)page[PPM] ? (int)page[ACTION] : 0;
}

static void hit(int counter) { __atomic_fetch_add(&page[counter], 1, __ATOMIC_RELAXED); }

static void wait_micros(void) {
  struct timespec t = {.tv_sec = page[DELAY_MICROS] / 1000000,
                       .tv_nsec = page[DELAY_MICROS] % 1000000 * 1000};
  while (nanosleep(&t, &t) != 0 && errno == EINTR) {
  }
}

/* How much of a write is to be done; 0: none, it fails; -1: half of it, then it fails. */
static ssize_t share(int fd, size_t length) {
  switch (action(WRITE_CALL, fd)) {
  case FAIL:
    hit(WRITES_HIT);
    return 0;
  case SHORT:
    if (length > 1) {
      hit(WRITES_HIT);
      return length / 2;
    }
    return length;
  case TORN:
    hit(WRITES_HIT);
    return -1;
  case DELAY:
    hit(WRITES_HIT);
    wait_micros();
    return length;
  default:
    return length;
  }
}

static ssize_t failed(void) {
  errno = (int)page[ERROR];
  return -1;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (!true_write) {
    bind_symbols();
  }
  ssize_t part = length == 0 ? 0 : share(fd, length);
  if (part < 0) {
    ssize_t ignored = true_write(fd, bytes, length / 2);
    (void)ignored;
  }
  return part > 0 || length == 0 ? true_write(fd, bytes, part) : failed();
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) {
  if (!true_pwrite) {
    bind_symbols();
  }
  ssize_t part = length == 0 ? 0 : share(fd, length);
  if (part < 0) {
    ssize_t ignored = true_pwrite(fd, bytes, length / 2, offset);
    (void)ignored;
  }
  return part > 0 || length == 0 ? true_pwrite(fd, bytes, part, offset) : failed();
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  return pwrite64(fd, bytes, length, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (!true_writev) {
    bind_symbols();
  }
  return share(fd, 2) == 2 ? true_writev(fd, parts, count) : failed();
}

static int sync_by(int (*really)(int), int fd) {
  switch (action(SYNC_CALL, fd)) {
  case FAIL:
    hit(SYNCS_HIT);
    return (int)failed();
  case LIE:
    hit(SYNCS_HIT);
    return 0;
  case DELAY:
    hit(SYNCS_HIT);
    wait_micros();
    return really(fd);
  default:
    return really(fd);
  }
}

int fsync(int fd) {
  if (!true_fsync) {
    bind_symbols();
  }
  return sync_by(true_fsync, fd);
}

int fdatasync(int fd) {
  if (!true_fdatasync) {
    bind_symbols();
  }
  return sync_by(true_fdatasync, fd);
}

static void flip(void *bytes, ssize_t length) {
  if (length > 0) {
    hit(READS_HIT);
    uint64_t at = roll();
    ((unsigned char *)bytes)[at / 8 % (uint64_t)length] ^= 1U << at % 8;
  }
}

ssize_t pread64(int fd, void *bytes, size_t length, off_t offset) {
  if (!true_pread) {
    bind_symbols();
  }
  int todo = action(READ_CALL, fd);
  if (todo == FAIL) {
    hit(READS_HIT);
    return failed();
  }
  ssize_t got = true_pread(fd, bytes, length, offset);
  if (todo == FLIP) {
    flip(bytes, got);
  }
  return got;
}

ssize_t pread(int fd, void *bytes, size_t length, off_t offset) {
  return pread64(fd, bytes, length, offset);
}

ssize_t read(int fd, void *bytes, size_t length) {
  if (!true_read) {
    bind_symbols();
  }
  int todo = action(READ_CALL, fd);
  if (todo == FAIL) {
    hit(READS_HIT);
    return failed();
  }
  ssize_t got = true_read(fd, bytes, length);
  if (todo == FLIP) {
    flip(bytes, got);
  }
  return got;
}

/* Logs are read this way; the C library's own read is not ours. An error here would need a flag
 * of the stream that only the C library can set, so it only flips. */
size_t fread_unlocked(void *bytes, size_t size, size_t count, FILE *file) {
  if (!true_fread) {
    bind_symbols();
  }
  size_t got = true_fread(bytes, size, count, file);
  if (got > 0 && action(READ_CALL, fileno(file)) == FLIP) {
    flip(bytes, (ssize_t)(got * size));
  }
  return got;
}
