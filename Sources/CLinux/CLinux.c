// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// openat2 is number 437 on every architecture that got its system call table after Linux 5.0.
#ifndef SYS_openat2
#define SYS_openat2 437
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
  return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

pid_t wholeimage_fork(void) { return fork(); }

void wholeimage_keep_freed_memory(void) {
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  mallopt(M_MMAP_THRESHOLD, 16 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
}

long long wholeimage_block_device_size(int descriptor) {
  uint64_t size = 0;
  if (ioctl(descriptor, BLKGETSIZE64, &size) != 0) return -1;
  if (size > INT64_MAX) {
    errno = EOVERFLOW;
    return -1;
  }
  return (long long)size;
}
