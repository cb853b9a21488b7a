// A library for LD_PRELOAD that makes the Nth change to a folder fail, or ends the process there. It counts calls that
// open for writing, write, sync, rename, truncate or remove something under $INTELIA_FAULT_UNDER and nothing else.
//
//   INTELIA_FAULT_UNDER   absolute folder
//   INTELIA_FAULT_AT      which call, from 1; 0 or absent: only count
//   INTELIA_FAULT_ACTION  exit (before the call), torn (half of a write is done, then exit), ENOSPC, EIO, short (half of
//                         a write is done and reported), TERM, INT, STOP (the signal, then the call
//                         continues)
//   INTELIA_FAULT_FOREVER 1: every call from that one on fails
//   INTELIA_FAULT_LOG     file that gets a line "NUMBER CALL PATH" for each call
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { kGoOn = 0, kFail = 1, kShort = 2, kTorn = 3 };

static atomic_int num_calls;

static int is_under(const char* path) {
  const char* folder = getenv("INTELIA_FAULT_UNDER");
  if (folder == NULL || path == NULL) return 0;
  const size_t size = strlen(folder);
  return strncmp(path, folder, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

static void path_of_file(int file, char* path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t size = readlink(link, path, PATH_MAX);
  path[size < 0 ? 0 : size] = '\0';
}

static void path_in_folder(int folder, const char* path, char* full) {
  int held = -1, size = 0;
  if (sscanf(path, "/proc/self/fd/%d/%n", &held, &size) == 1 && size > 0) {  // in a folder that the program holds
    folder = held;
    path += size;
  } else if (path[0] == '/') {
    snprintf(full, PATH_MAX + 1, "%s", path);
    return;
  }
  char base[PATH_MAX + 1];
  if (folder == AT_FDCWD) {
    if (getcwd(base, sizeof base) == NULL) base[0] = '\0';
  } else {
    path_of_file(folder, base);
  }
  if (snprintf(full, PATH_MAX + 1, "%s/%s", base, path) > PATH_MAX) full[0] = '\0';
}

static void log_call(int number, const char* call, const char* path) {
  const char* log = getenv("INTELIA_FAULT_LOG");
  if (log == NULL) return;
  char line[PATH_MAX + 64];
  const int size = snprintf(line, sizeof line, "%d %s %s\n", number, call, path);
  const long file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return;
  syscall(SYS_write, (int)file, line, (size_t)size);
  syscall(SYS_close, (int)file);
}

// The action for this call on `path`; errno is set for kFail.
static int judge(const char* call, const char* path) {
  if (!is_under(path)) return kGoOn;
  const int number = atomic_fetch_add(&num_calls, 1) + 1;
  log_call(number, call, path);
  const char* at_text = getenv("INTELIA_FAULT_AT");
  const int at = at_text == NULL ? 0 : atoi(at_text);
  const char* forever = getenv("INTELIA_FAULT_FOREVER");
  const int is_due = at > 0 && (number == at || (number > at && forever != NULL && forever[0] == '1'));
  const char* action = getenv("INTELIA_FAULT_ACTION");
  if (!is_due || action == NULL) return kGoOn;
  if (strcmp(action, "exit") == 0) syscall(SYS_exit_group, 86);
  if (strcmp(action, "TERM") == 0) raise(SIGTERM);
  if (strcmp(action, "INT") == 0) raise(SIGINT);
  if (strcmp(action, "STOP") == 0) raise(SIGSTOP);
  if (strcmp(action, "torn") == 0) return kTorn;
  if (strcmp(action, "short") == 0) return kShort;
  if (strcmp(action, "ENOSPC") == 0) {
    errno = ENOSPC;
    return kFail;
  }
  if (strcmp(action, "EIO") == 0) {
    errno = EIO;
    return kFail;
  }
  return kGoOn;
}

static int judge_file(const char* call, int file) {
  char path[PATH_MAX + 1];
  path_of_file(file, path);
  return judge(call, path);
}

static int judge_path(const char* call, int folder, const char* path) {
  char full[PATH_MAX + 1];
  path_in_folder(folder, path, full);
  return judge(call, full);
}

// Only writes can be done in part.
static int is_stopped(int verdict) {
  if (verdict == kTorn) syscall(SYS_exit_group, 86);
  return verdict == kFail;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void* bytes, size_t size) {
  const int verdict = judge_file("write", file);
  if (verdict == kFail) return -1;
  if ((verdict == kShort || verdict == kTorn) && size > 1) size /= 2;
  const ssize_t done = REAL(write)(file, bytes, size);
  if (verdict == kTorn) syscall(SYS_exit_group, 86);
  return done;
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  return is_stopped(judge_file("pwrite", file)) ? -1 : REAL(pwrite)(file, bytes, size, offset);
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t offset) {
  return is_stopped(judge_file("pwrite", file)) ? -1 : REAL(pwrite64)(file, bytes, size, offset);
}

ssize_t writev(int file, const struct iovec* parts, int num_parts) {
  return is_stopped(judge_file("writev", file)) ? -1 : REAL(writev)(file, parts, num_parts);
}

int fsync(int file) { return is_stopped(judge_file("fsync", file)) ? -1 : REAL(fsync)(file); }

int fdatasync(int file) { return is_stopped(judge_file("fdatasync", file)) ? -1 : REAL(fdatasync)(file); }

int ftruncate(int file, off_t size) {
  return is_stopped(judge_file("ftruncate", file)) ? -1 : REAL(ftruncate)(file, size);
}

int ftruncate64(int file, off64_t size) {
  return is_stopped(judge_file("ftruncate", file)) ? -1 : REAL(ftruncate64)(file, size);
}

int rename(const char* from, const char* to) {
  return is_stopped(judge_path("rename", AT_FDCWD, to)) ? -1 : REAL(rename)(from, to);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) {
  return is_stopped(judge_path("rename", to_folder, to)) ? -1 : REAL(renameat)(from_folder, from, to_folder, to);
}

int unlink(const char* path) { return is_stopped(judge_path("unlink", AT_FDCWD, path)) ? -1 : REAL(unlink)(path); }

int unlinkat(int folder, const char* path, int flags) {
  return is_stopped(judge_path("unlink", folder, path)) ? -1 : REAL(unlinkat)(folder, path, flags);
}

int remove(const char* path) { return is_stopped(judge_path("unlink", AT_FDCWD, path)) ? -1 : REAL(remove)(path); }

int mkdir(const char* path, mode_t mode) {
  return is_stopped(judge_path("mkdir", AT_FDCWD, path)) ? -1 : REAL(mkdir)(path, mode);
}

#define JUDGE_OPEN(folder, path)                                                                    \
  mode_t mode = 0;                                                                               \
  if (flags & (O_CREAT | O_TMPFILE)) {                                                           \
    va_list arguments;                                                                           \
    va_start(arguments, flags);                                                                  \
    mode = va_arg(arguments, mode_t);                                                            \
    va_end(arguments);                                                                           \
  }                                                                                              \
  if ((flags & O_ACCMODE) != O_RDONLY && is_stopped(judge_path("open", folder, path))) return -1

int open(const char* path, int flags, ...) {
  JUDGE_OPEN(AT_FDCWD, path);
  return REAL(open)(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  JUDGE_OPEN(AT_FDCWD, path);
  return REAL(open64)(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  JUDGE_OPEN(folder, path);
  return REAL(openat)(folder, path, flags, mode);
}

int openat64(int folder, const char* path, int flags, ...) {
  JUDGE_OPEN(folder, path);
  return REAL(openat64)(folder, path, flags, mode);
}

FILE* fopen(const char* path, const char* how) {
  if (strpbrk(how, "wa+") != NULL && is_stopped(judge_path("open", AT_FDCWD, path))) return NULL;
  return REAL(fopen)(path, how);
}

FILE* fopen64(const char* path, const char* how) {
  if (strpbrk(how, "wa+") != NULL && is_stopped(judge_path("open", AT_FDCWD, path))) return NULL;
  return REAL(fopen64)(path, how);
}
