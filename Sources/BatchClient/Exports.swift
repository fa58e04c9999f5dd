// Whoever uses this library needs its vocabulary.
@_exported import BatchProgress
