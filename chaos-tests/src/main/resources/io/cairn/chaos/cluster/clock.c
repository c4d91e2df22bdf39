/*
 * Clocks that jump and drift, for a process that runs already. The harness writes a page that this
 * process maps: places 0 to 4, as below. Deadlines that the process computed from what it was told
 * are translated back before they reach the C library, so that waits last as long as they should
 * by the process's own clock.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define MILLION 1000000LL
#define PAGE_BYTES 4096
#define MONOTONIC_CONDITION 2 /* bit of __wrefs, glibc 2.25 and newer */

enum { WALL_OFFSET, SKEW_PPM, ANCHOR_TRUE, ANCHOR_TOLD, SEQUENCE, WALL_READS = 8, STEADY_READS };

typedef int clock_fn(clockid_t, struct timespec *);
typedef int timed_fn(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
typedef int clocked_fn(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);

static volatile int64_t *page;
static clock_fn *true_clock;
static timed_fn *true_timed;
static clocked_fn *true_clocked;

static void *find(const char *name, const char *version) {
  void *symbol = version ? dlvsym(RTLD_NEXT, name, version) : NULL;
  return symbol ? symbol : dlsym(RTLD_NEXT, name);
}

static void bind_symbols(void) {
  true_clocked = (clocked_fn *)find("pthread_cond_clockwait", NULL);
  /* The oldest version of this one takes another structure. */
  true_timed = (timed_fn *)find("pthread_cond_timedwait", "GLIBC_2.3.2");
  true_clock = (clock_fn *)find("clock_gettime", NULL);
}

__attribute__((constructor)) static void begin(void) {
  bind_symbols();
  const char *file = getenv("CHAOS_CLOCK");
  int fd = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
  if (fd < 0) {
    return;
  }
  void *mapped = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped != MAP_FAILED) {
    page = mapped;
  }
}

struct drift {
  int64_t skew, true_ns, told_ns;
};

static struct drift drift(void) {
  struct drift now;
  int64_t before;
  do {
    before = __atomic_load_n(&page[SEQUENCE], __ATOMIC_ACQUIRE);
    now.skew = page[SKEW_PPM];
    now.true_ns = page[ANCHOR_TRUE];
    now.told_ns = page[ANCHOR_TOLD];
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
  } while ((before & 1) || before != page[SEQUENCE]);
  return now;
}

static int64_t scale(int64_t ns, int64_t by, int64_t per) {
  return (int64_t)((__int128)ns * by / per);
}

static int64_t nanos(const struct timespec *t) { return t->tv_sec * SECOND + t->tv_nsec; }

static struct timespec spec(int64_t ns) {
  if (ns < 0) {
    ns = 0;
  }
  struct timespec t = {.tv_sec = ns / SECOND, .tv_nsec = ns % SECOND};
  return t;
}

static int is_wall(clockid_t id) { return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE; }

static int is_steady(clockid_t id) {
  return id == CLOCK_MONOTONIC || id == CLOCK_MONOTONIC_COARSE || id == CLOCK_MONOTONIC_RAW ||
         id == CLOCK_BOOTTIME;
}

int clock_gettime(clockid_t id, struct timespec *t) {
  if (!true_clock) {
    bind_symbols();
  }
  int result = true_clock(id, t);
  if (result != 0 || !page) {
    return result;
  }
  if (is_wall(id) && page[WALL_OFFSET] != 0) {
    *t = spec(nanos(t) + page[WALL_OFFSET]);
    __atomic_fetch_add(&page[WALL_READS], 1, __ATOMIC_RELAXED);
  } else if (is_steady(id) && page[SEQUENCE] != 0) {
    struct drift d = drift();
    *t = spec(d.told_ns + scale(nanos(t) - d.true_ns, MILLION + d.skew, MILLION));
    if (d.skew != 0) {
      __atomic_fetch_add(&page[STEADY_READS], 1, __ATOMIC_RELAXED);
    }
  }
  return 0;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone) {
  (void)zone;
  struct timespec now;
  int result = clock_gettime(CLOCK_REALTIME, &now);
  t->tv_sec = now.tv_sec;
  t->tv_usec = now.tv_nsec / 1000;
  return result;
}

time_t time(time_t *t) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (t) {
    *t = now.tv_sec;
  }
  return now.tv_sec;
}

/* A deadline as the process means it, as the true clock has it. */
static struct timespec truly(clockid_t id, const struct timespec *deadline) {
  if (page && is_wall(id)) {
    return spec(nanos(deadline) - page[WALL_OFFSET]);
  }
  if (page && is_steady(id) && page[SEQUENCE] != 0) {
    struct drift d = drift();
    return spec(d.true_ns + scale(nanos(deadline) - d.told_ns, MILLION, MILLION + d.skew));
  }
  return *deadline;
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict deadline) {
  if (!true_timed) {
    bind_symbols();
  }
  int steady = condition->__data.__wrefs & MONOTONIC_CONDITION;
  struct timespec t = truly(steady ? CLOCK_MONOTONIC : CLOCK_REALTIME, deadline);
  return true_timed(condition, mutex, &t);
}

int pthread_cond_clockwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           clockid_t id, const struct timespec *restrict deadline) {
  if (!true_clocked) {
    bind_symbols();
  }
  struct timespec t = truly(id, deadline);
  return true_clocked(condition, mutex, id, &t);
}
