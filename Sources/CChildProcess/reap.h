#ifndef CCHILDPROCESS_REAP_H
#define CCHILDPROCESS_REAP_H

#include <errno.h>
#include <stddef.h>
#include <sys/wait.h>

/// Waits for the end of a child whose status nobody asks for.
static inline void cchild_reap(pid_t child) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
}

#endif
