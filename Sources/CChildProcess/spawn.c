#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CChildProcess.h"
#include "reap.h"
#include "table.h"

void cchild_keep_exit_statuses(void) {
    struct sigaction action;
    if (sigaction(SIGCHLD, NULL, &action) != 0) return;
    if (action.sa_handler != SIG_IGN && !(action.sa_flags & SA_NOCLDWAIT)) return;
    if (action.sa_handler == SIG_IGN) action.sa_handler = SIG_DFL;
    action.sa_flags &= ~SA_NOCLDWAIT;
    sigaction(SIGCHLD, &action, NULL);
}

// Until it executes, the child runs in its parent's memory while the parent's thread waits
// (CLONE_VM | CLONE_VFORK): only system calls, and writes to `struct child`, which is how the parent
// learns what failed.

struct child {
    const struct cchild_request *request;
    pid_t parent;
    enum cchild_step failed_step;
    int error;
};

_Noreturn static void fail(struct child *child, enum cchild_step step) {
    child->error = errno;
    child->failed_step = step;
    _exit(127);
}

// Before any signal is let in: a handler of the parent's must never run in this child.
// Past glibc, which would leave out the two signals it uses itself: they may come in ignored.
static void reset_dispositions(void) {
    static const uint64_t standard[8];  // the kernel's struct sigaction: SIG_DFL and no flags are 0
    for (int signal = 1; signal < NSIG; signal++)
        syscall(SYS_rt_sigaction, signal, standard, NULL, (NSIG - 1) / 8);
}

// The store comes before getppid(). So either the parent is gone and this child ends here, or the
// parent ends after the store, and the keeper, which acts after that end, sees the group.
static void enter_group(struct child *child) {
    const struct cchild_request *request = child->request;
    if (setpgid(0, 0) != 0) fail(child, CCHILD_STEP_GROUP);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail(child, CCHILD_STEP_GROUP);
    atomic_store(&request->table->groups[request->slot], getpid());
    if (getppid() == child->parent) return;
    errno = ESRCH;
    fail(child, CCHILD_STEP_PARENT);
}

// A descriptor below 3 would be overwritten before it has been copied.
static int lifted(int descriptor) {
    return descriptor > 2 ? descriptor : fcntl(descriptor, F_DUPFD, 3);
}

static void set_descriptors(struct child *child) {
    int input = lifted(child->request->standard_input);
    int output = lifted(child->request->standard_output);
    int error = lifted(child->request->standard_error);
    if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(error, 2) < 0 ||
        close_range(3, UINT_MAX, 0) != 0)
        fail(child, CCHILD_STEP_DESCRIPTORS);
}

// What execvpe(3) does with a file the kernel doesn't know how to run.
static void execute_as_script(const struct cchild_request *request, const char *path) {
    request->arguments[0] = "/bin/sh";
    request->arguments[1] = path;
    execve("/bin/sh", (char *const *)request->arguments, (char *const *)request->environment);
}

// The errors after which execvpe(3) goes on to the next folder of PATH.
static bool may_be_elsewhere(int error) {
    return error == ENOENT || error == ENOTDIR || error == EACCES || error == ESTALE ||
           error == ENODEV || error == ETIMEDOUT;
}

static void execute(const struct cchild_request *request) {
    bool denied = false;
    for (const char *const *path = request->candidates; *path; path++) {
        // A quarter of what execve takes to say the same.
        if (access(*path, F_OK) != 0 && errno == ENOENT) continue;
        execve(*path, (char *const *)(request->arguments + 1), (char *const *)request->environment);
        if (errno == ENOEXEC) execute_as_script(request, *path);
        if (!may_be_elsewhere(errno)) return;
        denied = denied || errno == EACCES;
    }
    errno = denied ? EACCES : ENOENT;
}

static int run_child(void *argument) {
    struct child *child = argument;
    const char *directory = child->request->directory;
    sigset_t none;
    sigemptyset(&none);
    reset_dispositions();
    enter_group(child);
    if (directory && chdir(directory) != 0) fail(child, CCHILD_STEP_DIRECTORY);
    set_descriptors(child);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execute(child->request);
    fail(child, CCHILD_STEP_EXECUTE);
}

static struct cchild_spawned failure(enum cchild_step step, int error) {
    return (struct cchild_spawned){.pid = -1, .pidfd = -1, .failed_step = step, .error = error};
}

struct cchild_spawned cchild_spawn(const struct cchild_request *request) {
    _Alignas(16) char stack[64 * 1024];
    struct child child = {.request = request, .parent = getpid()};
    int pidfd = -1;
    pid_t pid = clone(run_child, stack + sizeof stack,
                      CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &child, &pidfd);
    if (pid < 0) return failure(CCHILD_STEP_CLONE, errno);
    if (child.failed_step != CCHILD_STEP_NONE) {
        cchild_table_forget(request->table, request->slot);
        close(pidfd);
        cchild_reap(pid);
        return failure(child.failed_step, child.error);
    }
    return (struct cchild_spawned){.pid = pid, .pidfd = pidfd, .failed_step = CCHILD_STEP_NONE};
}
