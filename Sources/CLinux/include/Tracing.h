// SPDX-License-Identifier: Apache-2.0
// Watching the system calls of a child process (ptrace(2)), for the recorder.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// A child that is being watched, and its last system call.
struct wholeimage_trace {
  pid_t child;
  /// Whether the child is between the entry and the end of a system call.
  int inside;
  /// A signal that is to be handed on to the child.
  int signal;
  /// How the child ended (waitpid(2)), once it has.
  int status;
  /// The system call: its number (syscalls(2)), its arguments and what it returned; errors are negative.
  int64_t number;
  uint64_t arguments[6];
  int64_t result;
};

/// In the child: lets the parent watch, and stops until it does. -1 and errno if that is not allowed here.
int wholeimage_trace_me(void);

/// In the parent: waits for the child to stop. 1 if it does, 0 if it ended instead.
int wholeimage_trace_begin(struct wholeimage_trace *trace, pid_t child);

/// Lets the child run to the end of its next system call: 1, or 0 when it has ended.
int wholeimage_trace_next(struct wholeimage_trace *trace);

/// Copies from the memory of the child that is stopped (process_vm_readv(2)); bytes copied, or -1 and errno.
ssize_t wholeimage_trace_memory(pid_t child, uint64_t address, void *buffer, size_t count);

/// Numbers of the system calls that reading a device is made of, on this architecture.
extern const int64_t wholeimage_call_read, wholeimage_call_pread, wholeimage_call_lseek, wholeimage_call_openat,
    wholeimage_call_openat2, wholeimage_call_close, wholeimage_call_ioctl;

/// The ioctl that asks for a device's logical sector size.
extern const uint64_t wholeimage_ioctl_sector_size;
