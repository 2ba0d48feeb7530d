// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "TaskThreads.h"

#include <pthread.h>
#include <stdlib.h>

#define SWIFT_CALL __attribute__((swiftcall))

struct job;

// The Swift runtime's own seams (stdlib/public/Concurrency of Swift, GlobalExecutor; since 5.5). SwiftNIO uses the same.
extern SWIFT_CALL void (*swift_task_enqueueGlobal_hook)(struct job *, SWIFT_CALL void (*original)(struct job *));
extern SWIFT_CALL void swift_job_run(struct job *, void *executor_identity, void *executor_implementation);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
/// Jobs in the order in which they came: a ring, `room` of them at most before it is made larger.
static struct job **jobs;
static size_t first, count, room;

static void grow(void) {
  size_t larger = room == 0 ? 64 : room * 2;
  struct job **ring = malloc(larger * sizeof *ring);
  // A job that is lost is a task that never ends.
  if (ring == NULL) abort();
  for (size_t index = 0; index < count; index++) ring[index] = jobs[(first + index) % room];
  free(jobs);
  jobs = ring;
  first = 0;
  room = larger;
}

static SWIFT_CALL void enqueue(struct job *job, SWIFT_CALL void (*original)(struct job *)) {
  (void)original;
  pthread_mutex_lock(&lock);
  if (count == room) grow();
  jobs[(first + count) % room] = job;
  count++;
  pthread_cond_signal(&wake);
  pthread_mutex_unlock(&lock);
}

static void *run_jobs(void *unused) {
  pthread_mutex_lock(&lock);
  for (;;) {
    if (count == 0) {
      pthread_cond_wait(&wake, &lock);
      continue;
    }
    struct job *job = jobs[first];
    first = (first + 1) % room;
    count--;
    pthread_mutex_unlock(&lock);
    // The generic executor, of which both words are zero.
    swift_job_run(job, NULL, NULL);
    pthread_mutex_lock(&lock);
  }
  return unused;
}

int wholeimage_run_tasks_on_own_threads(int threads) {
  swift_task_enqueueGlobal_hook = enqueue;
  for (int number = 0; number < threads; number++) {
    pthread_t thread;
    int error = pthread_create(&thread, NULL, run_jobs, NULL);
    if (error != 0) return error;
    pthread_setname_np(thread, "tasks");
    pthread_detach(thread);
  }
  return 0;
}
