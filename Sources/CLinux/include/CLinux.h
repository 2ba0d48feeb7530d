// SPDX-License-Identifier: Apache-2.0
// What the Linux C library offers as variadic functions, macros or not at all, and so Swift cannot import.
#pragma once

#include <sys/types.h>

#include "KernelEvents.h"
#include "TaskThreads.h"
#include "Tracing.h"

/// Opens `path` as if `directory` were the root directory: no link and no `..` leads out of it (openat2(2),
/// RESOLVE_IN_ROOT). Never becomes a controlling terminal, never blocks on a fifo. -1 and errno on failure.
int wholeimage_open_in_root(int directory, const char *path, int flags);

/// O_PATH, which the C library shows only with GNU extensions on (open(2)).
static const int WHOLEIMAGE_O_PATH = 010000000;

/// fork(2) ; the child must only be used to probe devices.
pid_t wholeimage_fork(void);

/// Keeps freed memory in the process: libblkid takes and frees 256 KiB buffers by the hundred, and with the default
/// settings each goes back to the kernel and is faulted in again (mallopt(3)).
void wholeimage_keep_freed_memory(void);

/// Has the kernel map the program's file by the page or little more, not two megabytes around every page that it runs
/// into (prctl(2), PR_SET_THP_DISABLE): ten megabytes that count as the program's and that it never looks at.
void wholeimage_map_small_pages(void);

/// The size of a block device in bytes (ioctl BLKGETSIZE64), or -1 and errno.
long long wholeimage_block_device_size(int descriptor);

/// Closes every descriptor from 3 on but two, either of which may be -1 (close_range(2), where the kernel has it).
void wholeimage_close_all_but(int first, int second);

/// A file that lives in memory only (memfd_create(2)), or -1 and errno.
int wholeimage_memory_file(void);

/// Renames and never replaces (renameat2(2), RENAME_NOREPLACE; link(2) where the file system cannot). -1 and errno.
int wholeimage_rename_new(const char *from, const char *to);
