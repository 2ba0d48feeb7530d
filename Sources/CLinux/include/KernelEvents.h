// SPDX-License-Identifier: Apache-2.0
// What a service waits for besides connections: the kernel's events, changed files, and its own stop.
#pragma once

#include <stddef.h>
#include <sys/types.h>

/// A descriptor that becomes readable once 8 bytes of a number are written to it (eventfd(2)), or -1 and errno.
int wholeimage_stop_descriptor(void);

/// A socket that receives the kernel's events about devices (netlink(7), NETLINK_KOBJECT_UEVENT, multicast group 1: the
/// kernel's own; group 2 is udev's). Not blocking. -1 and errno on failure.
int wholeimage_open_kernel_events(void);

/// Takes one event that the kernel itself sent: its length; 0 for a message of anybody else, which is to be passed over;
/// -1 and errno, EAGAIN when there is none and ENOBUFS when some were lost.
ssize_t wholeimage_next_kernel_event(int descriptor, void *buffer, size_t size);

/// Watches a folder for files that are written, replaced or removed in it (inotify(7)). Not blocking. -1 and errno.
int wholeimage_watch_folder(const char *path);

/// Takes what a watched folder says: 1 if a file of that name changed or that cannot be ruled out, 0 if others did,
/// -1 when there is nothing more.
int wholeimage_folder_changed(int descriptor, const char *name);
