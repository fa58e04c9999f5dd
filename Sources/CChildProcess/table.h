#ifndef CCHILDPROCESS_TABLE_H
#define CCHILDPROCESS_TABLE_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

struct cchild_table {
    uint32_t capacity;
    _Atomic pid_t groups[];
};

#endif
