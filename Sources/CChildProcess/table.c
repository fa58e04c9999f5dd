#define _GNU_SOURCE
#include "table.h"

#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>

#include "CChildProcess.h"

static size_t size_of_table(uint32_t capacity) {
    return sizeof(struct cchild_table) + (size_t)capacity * sizeof(_Atomic pid_t);
}

struct cchild_table *cchild_table_create(uint32_t capacity) {
    struct cchild_table *table = mmap(NULL, size_of_table(capacity), PROT_READ | PROT_WRITE,
                                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (table == MAP_FAILED) return NULL;
    table->capacity = capacity;
    return table;
}

void cchild_table_destroy(struct cchild_table *table) {
    munmap(table, size_of_table(table->capacity));
}

void cchild_table_forget(struct cchild_table *table, uint32_t slot) {
    atomic_store(&table->groups[slot], 0);
}

void cchild_table_kill(const struct cchild_table *table) {
    for (uint32_t slot = 0; slot < table->capacity; slot++) {
        pid_t group = atomic_load(&table->groups[slot]);
        if (group > 1) kill(-group, SIGKILL);
    }
}
