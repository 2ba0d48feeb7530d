// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "KernelEvents.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

int wholeimage_stop_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int wholeimage_open_kernel_events(void) {
  int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
  if (descriptor < 0) return -1;
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
  int on = 1;
  if (setsockopt(descriptor, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0 &&
      bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0) {
    return descriptor;
  }
  int error = errno;
  close(descriptor);
  errno = error;
  return -1;
}

ssize_t wholeimage_next_kernel_event(int descriptor, void *buffer, size_t size) {
  struct sockaddr_nl sender = {0};
  union {
    char bytes[CMSG_SPACE(sizeof(struct ucred))];
    struct cmsghdr align;
  } control;
  struct iovec vector = {.iov_base = buffer, .iov_len = size};
  struct msghdr message = {
      .msg_name = &sender,
      .msg_namelen = sizeof sender,
      .msg_iov = &vector,
      .msg_iovlen = 1,
      .msg_control = control.bytes,
      .msg_controllen = sizeof control.bytes,
  };
  ssize_t length = recvmsg(descriptor, &message, MSG_DONTWAIT);
  if (length < 0) return -1;
  // Only the kernel has port 0, and only it sends as process 0. The user id is what the user namespace makes of it.
  if (message.msg_namelen != sizeof sender || sender.nl_pid != 0) return 0;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_CREDENTIALS) return 0;
  struct ucred credentials;
  memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
  return credentials.pid == 0 ? length : 0;
}

int wholeimage_watch_folder(const char *path) {
  int descriptor = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (descriptor < 0) return -1;
  uint32_t changes = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;
  if (inotify_add_watch(descriptor, path, changes | IN_ONLYDIR) >= 0) return descriptor;
  int error = errno;
  close(descriptor);
  errno = error;
  return -1;
}

int wholeimage_folder_changed(int descriptor, const char *name) {
  char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
  ssize_t length = read(descriptor, buffer, sizeof buffer);
  if (length <= 0) return -1;
  int changed = 0;
  for (ssize_t offset = 0; offset < length;) {
    const struct inotify_event *event = (const struct inotify_event *)(buffer + offset);
    // An event without a name is about the folder, or says that events were lost.
    if (event->len == 0 || strcmp(event->name, name) == 0) changed = 1;
    offset += (ssize_t)(sizeof *event + event->len);
  }
  return changed;
}
