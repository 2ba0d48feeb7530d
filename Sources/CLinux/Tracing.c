// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "Tracing.h"

#include <elf.h>
#include <errno.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

// openat2 is number 437 on every architecture that got its system call table after Linux 5.0.
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

const int64_t wholeimage_call_read = SYS_read;
const int64_t wholeimage_call_pread = SYS_pread64;
const int64_t wholeimage_call_lseek = SYS_lseek;
const int64_t wholeimage_call_openat = SYS_openat;
const int64_t wholeimage_call_openat2 = SYS_openat2;
const int64_t wholeimage_call_close = SYS_close;
const int64_t wholeimage_call_ioctl = SYS_ioctl;
const uint64_t wholeimage_ioctl_sector_size = BLKSSZGET;

#if defined(__x86_64__) || defined(__aarch64__)

int wholeimage_trace_me(void) {
  if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) return -1;
  return raise(SIGSTOP);
}

static int await(struct wholeimage_trace *trace) {
  while (waitpid(trace->child, &trace->status, __WALL) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFSTOPPED(trace->status) ? 1 : 0;
}

int wholeimage_trace_begin(struct wholeimage_trace *trace, pid_t child) {
  *trace = (struct wholeimage_trace){.child = child};
  if (await(trace) != 1) return 0;
  ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(long)PTRACE_O_TRACESYSGOOD);
  return 1;
}

static int note_registers(struct wholeimage_trace *trace) {
  struct user_regs_struct registers;
  struct iovec part = {.iov_base = &registers, .iov_len = sizeof registers};
  if (ptrace(PTRACE_GETREGSET, trace->child, (void *)NT_PRSTATUS, &part) != 0) return -1;
#if defined(__x86_64__)
  if (!trace->inside) {
    trace->number = (int64_t)registers.orig_rax;
    uint64_t arguments[6] = {registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9};
    for (int index = 0; index < 6; index++) trace->arguments[index] = arguments[index];
  }
  trace->result = (int64_t)registers.rax;
#else
  // The result takes the place of the first argument, so the arguments are those at the entry.
  if (!trace->inside) {
    trace->number = (int64_t)registers.regs[8];
    for (int index = 0; index < 6; index++) trace->arguments[index] = registers.regs[index];
  }
  trace->result = (int64_t)registers.regs[0];
#endif
  return 0;
}

int wholeimage_trace_next(struct wholeimage_trace *trace) {
  while (1) {
    // Without a child to go on with, what is left is to learn how it ended.
    ptrace(PTRACE_SYSCALL, trace->child, NULL, (void *)(long)trace->signal);
    trace->signal = 0;
    if (await(trace) != 1) return 0;
    int signal = WSTOPSIG(trace->status);
    if (signal != (SIGTRAP | 0x80)) {
      trace->signal = signal;
      continue;
    }
    if (note_registers(trace) != 0) trace->number = -1;
    trace->inside = !trace->inside;
    if (!trace->inside) return 1;
  }
}

#else

int wholeimage_trace_me(void) {
  errno = ENOSYS;
  return -1;
}

int wholeimage_trace_begin(struct wholeimage_trace *trace, pid_t child) {
  *trace = (struct wholeimage_trace){.child = child};
  while (waitpid(child, &trace->status, 0) < 0 && errno == EINTR) {
  }
  return 0;
}

int wholeimage_trace_next(struct wholeimage_trace *trace) {
  (void)trace;
  return 0;
}

#endif

ssize_t wholeimage_trace_memory(pid_t child, uint64_t address, void *buffer, size_t count) {
  struct iovec here = {.iov_base = buffer, .iov_len = count};
  struct iovec there = {.iov_base = (void *)(uintptr_t)address, .iov_len = count};
  return process_vm_readv(child, &here, 1, &there, 1, 0);
}
