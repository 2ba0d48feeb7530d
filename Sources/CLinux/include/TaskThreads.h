// SPDX-License-Identifier: Apache-2.0
// Threads for Swift's tasks that sleep while there is nothing to do.
#pragma once

/// Has Swift's tasks run on threads of ours, so many of them, instead of those of libdispatch, which once it has any looks
/// after them every second for as long as the process lives. To be called before the first task is made, once; an error
/// number if a thread cannot be started, else 0.
///
/// Tasks must not sleep by Task.sleep then, which would start libdispatch's threads after all.
int wholeimage_run_tasks_on_own_threads(int threads);
