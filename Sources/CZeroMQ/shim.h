#pragma once

#include <malloc.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <zmq.h>

/// Swift's Glibc module has no eventfd. Returns the descriptor, or -1 with errno set.
static inline int tally_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

/// Gives what free() has kept back to the system, from the arenas of all threads.
static inline void tally_trim_memory(void) {
    malloc_trim(0);
}

/// Names the calling thread, by the first 15 bytes: pthread_setname_np is hidden from Swift.
static inline void tally_name_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}
