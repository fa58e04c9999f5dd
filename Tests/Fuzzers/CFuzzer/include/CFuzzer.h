#pragma once
#include <stddef.h>
#include <stdint.h>

// libFuzzer's own (compiler-rt, FuzzerInterface.h), as far as it is used here.

int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*run)(const uint8_t *bytes, size_t size));
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t capacity);

// A descriptor of a file without a name, or -1: Swift doesn't see memfd_create(2).
int fuzzer_memory_file(void);
