#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "CChildProcess.h"

// What Swift's Glibc module leaves out.

int cchild_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0) return 0;
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    errno = error;
    return -1;
}

int cchild_pipe_capacity(int end) { return fcntl(end, F_GETPIPE_SZ); }

int cchild_temporary_file(char *name) {
    int file = mkostemp(name, O_CLOEXEC);
    if (file >= 0) unlink(name);
    return file;
}

const char *cchild_signal_name(int signal) { return sigabbrev_np(signal); }

void cchild_name_thread(const char *name) { prctl(PR_SET_NAME, name); }
