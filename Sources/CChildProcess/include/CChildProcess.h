#ifndef CCHILDPROCESS_H
#define CCHILDPROCESS_H

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/types.h>

/// The process groups that must not outlive this process, in memory shared with the keeper.
/// A slot holds the id of one group, or 0. Children write their own slot, so a group is known
/// before it can run anything.
struct cchild_table;

/// NULL and errno when there is no memory.
struct cchild_table *cchild_table_create(uint32_t capacity);
void cchild_table_destroy(struct cchild_table *table);

/// To be called before the group's leader is reaped: from then on its number may be another's.
void cchild_table_forget(struct cchild_table *table, uint32_t slot);

/// SIGKILL to every group in the table.
void cchild_table_kill(const struct cchild_table *table);

/// Starts the process that outlives this one to kill the table's groups, in whatever way this one
/// ends. Call with signals blocked. Returns once the keeper stands on its own, with a pidfd for it;
/// -1 and errno otherwise.
int cchild_keeper_start(const struct cchild_table *table, pid_t *keeper);

/// A pipe that commands don't inherit; only its reading end, the first, never blocks.
/// -1 and errno when there is none to be had.
int cchild_pipe(int ends[2]);

/// How many bytes the pipe can hold; -1 and errno when it isn't one.
int cchild_pipe_capacity(int end);

/// A file that is open for reading and writing and has no name; `name` is overwritten, see
/// mkstemp(3). -1 and errno when there is none to be had.
int cchild_temporary_file(char *name);

/// "KILL" for 9; NULL for a number without a name of its own.
const char *cchild_signal_name(int signal);

/// At most 15 bytes.
void cchild_name_thread(const char *name);

/// A process that ignores SIGCHLD, perhaps because it was started so, has its children reaped by the
/// kernel: their status is lost and their numbers are others' at once. Undoes that.
void cchild_keep_exit_statuses(void);

enum cchild_step {
    CCHILD_STEP_NONE = 0,
    CCHILD_STEP_CLONE,
    CCHILD_STEP_GROUP,
    CCHILD_STEP_PARENT,
    CCHILD_STEP_DIRECTORY,
    CCHILD_STEP_DESCRIPTORS,
    CCHILD_STEP_EXECUTE,
};

struct cchild_request {
    /// What to try to execute, in this order; ends with NULL.
    const char *const *candidates;
    /// The first place is spare (a script without an interpreter line needs it), the arguments
    /// begin at the second; ends with NULL.
    const char **arguments;
    /// Ends with NULL.
    const char *const *environment;
    /// NULL: stays where this process is.
    const char *directory;
    int standard_input;
    int standard_output;
    int standard_error;
    struct cchild_table *table;
    uint32_t slot;
};

struct cchild_spawned {
    pid_t pid;
    int pidfd;
    enum cchild_step failed_step;
    int error;
};

/// Starts a command in a process group of its own, entered in the table. Call with signals blocked,
/// from a thread that lives as long as the command: PR_SET_PDEATHSIG is tied to it.
/// After a failure nothing is left: `failed_step` and `error` (an errno) say what happened.
struct cchild_spawned cchild_spawn(const struct cchild_request *request);

#endif
