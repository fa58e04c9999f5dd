// Linked into whatever scripts/sanitize builds.
#define _GNU_SOURCE
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// Options in the environment wouldn't do: many tests start processes with an environment of their own.
const char *__tsan_default_options(void) { return OPTIONS; }

// MARK: Mutex

// Swift's Mutex takes a lock that is free, and gives back one that nobody waits for, by code that is compiled into its
// user and so seen by the sanitizer. Else it calls the library, which isn't instrumented: without the following each
// lock that was waited for would seem to order nothing. The linker leads these three calls here (--wrap).

extern void __tsan_acquire(void *);
extern void __tsan_release(void *);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self
// Weak: not every program has a Mutex.
#define REAL(name) __asm__("__real_" name) __attribute__((weak))
#define WRAP(name) __asm__("__wrap_" name)

// _MutexHandle._lockSlow(UInt32), ._tryLockSlow() -> Bool, ._unlockSlow()
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void real_lock(uint32_t found, SELF) REAL(LOCK);
SWIFT bool real_try_lock(SELF) REAL(TRY_LOCK);
SWIFT void real_unlock(SELF) REAL(UNLOCK);
SWIFT void lock(uint32_t found, SELF) WRAP(LOCK);
SWIFT bool try_lock(SELF) WRAP(TRY_LOCK);
SWIFT void unlock(SELF) WRAP(UNLOCK);

SWIFT void lock(uint32_t found, SELF) {
    real_lock(found, self);
    __tsan_acquire(self);
}

SWIFT bool try_lock(SELF) {
    bool taken = real_try_lock(self);
    if (taken) __tsan_acquire(self);
    return taken;
}

SWIFT void unlock(SELF) {
    __tsan_release(self);
    real_unlock(self);
}

// MARK: Children

// The sanitizer takes every child for one with a memory of its own. It takes its own locks before the clone(2), and
// gives them back in the parent and in the child: a child that runs in its parent's memory (CLONE_VM), as those of
// spawn.c do, ends the parent with "CHECK failed". Past the sanitizer's clone() it would do so to what the sanitizer
// knows of the parent's thread: calls that the child never returns from. So here the child has a copy of the memory;
// shared is only its argument, by which it says what went wrong. The parent waits for it all the same (CLONE_VFORK).

enum { more_than_the_argument = 64 };

int __real_clone(int (*body)(void *), void *stack, int flags, void *argument, ...);
int __wrap_clone(int (*body)(void *), void *stack, int flags, void *argument, pid_t *parent, void *tls, pid_t *child);

int __wrap_clone(int (*body)(void *), void *stack, int flags, void *argument, pid_t *parent, void *tls, pid_t *child) {
    void *shared = mmap(NULL, more_than_the_argument, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return -1;
    memcpy(shared, argument, more_than_the_argument);
    int pid = __real_clone(body, stack, flags & ~CLONE_VM, shared, parent, tls, child);
    memcpy(argument, shared, more_than_the_argument);
    munmap(shared, more_than_the_argument);
    return pid;
}

// _Fork(), unlike fork(), is unknown to the sanitizer: another thread may hold one of its locks, for ever then in the
// keeper.
pid_t __wrap__Fork(void);
pid_t __wrap__Fork(void) { return fork(); }
