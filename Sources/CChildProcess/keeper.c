#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "CChildProcess.h"
#include "reap.h"

// The keeper is a fork of a process with threads: nothing here may take a lock or allocate.

static void close_all_but(unsigned first, unsigned second) {
    unsigned low = first < second ? first : second;
    unsigned high = first < second ? second : first;
    if (low > 0) close_range(0, low - 1, 0);
    if (high > low + 1) close_range(low + 1, high - 1, 0);
    close_range(high + 1, UINT_MAX, 0);
}

// Waits for a pidfd and not for a pipe's end: no forgotten copy of a descriptor can delay it.
static void wait_for_end(int process) {
    struct pollfd end = {.fd = process, .events = POLLIN};
    while (poll(&end, 1, -1) != 1) {
    }
}

_Noreturn static void keep(const struct cchild_table *table, int worker, int ready) {
    // Out of the worker's group and session: what is sent to those must not reach the keeper.
    setsid();
    prctl(PR_SET_NAME, "tally-keeper");
    close_all_but((unsigned)worker, (unsigned)ready);
    if (chdir("/") == 0 && write(ready, "", 1) == 1) {
        close(ready);
        wait_for_end(worker);
        cchild_table_kill(table);
    }
    _exit(0);
}

static int is_ready(int ready) {
    char byte;
    ssize_t count;
    do {
        count = read(ready, &byte, 1);
    } while (count < 0 && errno == EINTR);
    return count == 1;
}

static int follow(pid_t keeper, int ready) {
    int process = is_ready(ready) ? pidfd_open(keeper, 0) : -1;
    if (process < 0) {
        int error = errno;
        kill(keeper, SIGKILL);
        cchild_reap(keeper);
        errno = error ? error : ECHILD;
    }
    return process;
}

static int start(const struct cchild_table *table, pid_t *keeper, const int ready[2]) {
    int worker = pidfd_open(getpid(), 0);
    if (worker < 0) return -1;
    // Not fork(): its handlers belong to others, and may take locks other threads hold.
    *keeper = _Fork();
    if (*keeper == 0) keep(table, worker, ready[1]);
    close(worker);
    return *keeper < 0 ? -1 : 0;
}

int cchild_keeper_start(const struct cchild_table *table, pid_t *keeper) {
    int ready[2];
    if (pipe2(ready, O_CLOEXEC) != 0) return -1;
    int started = start(table, keeper, ready);
    close(ready[1]);
    int process = started == 0 ? follow(*keeper, ready[0]) : -1;
    close(ready[0]);
    return process;
}
