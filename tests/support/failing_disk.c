/* Loaded before the C library (LD_PRELOAD): while the file that FAILING_DISK_SWITCH names is there, what a process does to files
 * whose name has FAILING_DISK_NAME in it fails as a broken disk fails. The switch's text says where: "write" or "sync". */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int fails(int file, const char* where) {
  const char *const on = getenv("FAILING_DISK_SWITCH"), *const name = getenv("FAILING_DISK_NAME");
  char link[64], path[4096], said[16];
  if (!on || !name) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  if (!strstr(path, name)) return 0;
  const int lever = open(on, O_RDONLY | O_CLOEXEC);
  if (lever < 0) return 0;
  const ssize_t size = read(lever, said, sizeof said - 1);
  close(lever);
  if (size <= 0) return 0;
  said[size] = 0;
  if (strcmp(said, where) != 0) return 0;
  errno = EIO;
  return 1;
}

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  return fails(file, "write") ? -1 : REAL(ssize_t, "pwrite", int, const void*, size_t, off_t)(file, bytes, size, at);
}
ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
  return fails(file, "write") ? -1 : REAL(ssize_t, "pwrite64", int, const void*, size_t, off64_t)(file, bytes, size, at);
}
int fdatasync(int file) {
  return fails(file, "sync") ? -1 : REAL(int, "fdatasync", int)(file);
}
int fsync(int file) {
  return fails(file, "sync") ? -1 : REAL(int, "fsync", int)(file);
}
