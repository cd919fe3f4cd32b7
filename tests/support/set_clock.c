/* Loaded before the C library (LD_PRELOAD): what a process's calendar says is ahead of the system's by the seconds that
 * the file SET_CLOCK_BY holds, a number of eight bytes that may be changed while it runs. The clock that nobody sets goes
 * on as it is. Calls no function of the library: it is asked before the allocator stands. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long ahead(void) {
  static volatile long* by;
  static volatile long none;
  if (!by) {
    const char* const name = getenv("SET_CLOCK_BY");
    const long file = name ? syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC) : -1;
    const long place = file < 0 ? -1 : syscall(SYS_mmap, 0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
    if (file >= 0) syscall(SYS_close, file);
    by = place == -1 ? &none : (volatile long*)place;
  }
  return *by;
}

int clock_gettime(clockid_t clock, struct timespec* at) {
  const long failed = syscall(SYS_clock_gettime, clock, at);
  if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += ahead();
  return (int)failed;
}

int gettimeofday(struct timeval* at, void* zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
