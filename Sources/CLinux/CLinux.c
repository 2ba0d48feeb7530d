// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// openat2 is number 437 on every architecture that got its system call table after Linux 5.0.
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_renameat2
#define SYS_renameat2 -1
#endif
#ifndef SYS_memfd_create
#define SYS_memfd_create -1
#endif

// close_range is number 436 likewise.
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

struct wholeimage_open_how {
  uint64_t flags;
  uint64_t mode;
  uint64_t resolve;
};

enum { WHOLEIMAGE_RESOLVE_NO_MAGICLINKS = 0x02, WHOLEIMAGE_RESOLVE_IN_ROOT = 0x10 };

int wholeimage_open_in_root(int directory, const char *path, int flags) {
  // A path descriptor takes no other flags; the older open(2) would pass over them, openat2(2) refuses.
  int more = flags & O_PATH ? O_CLOEXEC : O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  struct wholeimage_open_how how = {
      .flags = (uint64_t)(flags | more),
      .resolve = WHOLEIMAGE_RESOLVE_IN_ROOT | WHOLEIMAGE_RESOLVE_NO_MAGICLINKS,
  };
  // A rename or mount anywhere on the system meanwhile makes the kernel unsure of a ".." on the way: it wants to be
  // asked again. No row of tries is that unlucky; one that is may be a lease on the file, and is the caller's.
  for (int tries = 0; tries < 100; tries++) {
    int descriptor = (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
    if (descriptor >= 0 || errno != EAGAIN) return descriptor;
  }
  return -1;
}

pid_t wholeimage_fork(void) { return fork(); }

void wholeimage_keep_freed_memory(void) {
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  mallopt(M_MMAP_THRESHOLD, 16 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
}

void wholeimage_map_small_pages(void) { prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); }

long long wholeimage_block_device_size(int descriptor) {
  uint64_t size = 0;
  if (ioctl(descriptor, BLKGETSIZE64, &size) != 0) return -1;
  if (size > INT64_MAX) {
    errno = EOVERFLOW;
    return -1;
  }
  return (long long)size;
}

static void close_between(unsigned first, unsigned last) {
  if (first > last) return;
  if (syscall(SYS_close_range, first, last, 0) == 0) return;
  // Before Linux 5.9. No program here has descriptors beyond the limit that it was started with.
  long limit = sysconf(_SC_OPEN_MAX);
  if (limit < 0 || limit > 65536) limit = 65536;
  for (unsigned descriptor = first; descriptor <= last && descriptor < (unsigned)limit; descriptor++) {
    close((int)descriptor);
  }
}

void wholeimage_close_all_but(int first, int second) {
  int lower = first < second ? first : second;
  int upper = first < second ? second : first;
  unsigned next = 3;
  if (lower >= 3) {
    close_between(next, (unsigned)lower - 1);
    next = (unsigned)lower + 1;
  }
  if (upper >= 3 && upper != lower) {
    close_between(next, (unsigned)upper - 1);
    next = (unsigned)upper + 1;
  }
  close_between(next, ~0u);
}

int wholeimage_memory_file(void) {
  // 1 is MFD_CLOEXEC, which older C libraries do not name.
  return (int)syscall(SYS_memfd_create, "wholeimage", 1u);
}

int wholeimage_rename_new(const char *from, const char *to) {
  // 1 is RENAME_NOREPLACE, which older C libraries do not name; -100 is AT_FDCWD.
  if (syscall(SYS_renameat2, -100, from, -100, to, 1u) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  if (link(from, to) != 0) return -1;
  unlink(from);
  return 0;
}
