// Linked into whatever scripts/sanitize builds. Options in the environment wouldn't do: many tests start processes with
// an environment of their own.
const char *__asan_default_options(void) { return OPTIONS; }
