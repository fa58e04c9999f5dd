import ProcessTesting
import Testing

/// All tests that start the program, a few at a time, with the homes that they share.
@Suite(Worlds.Shared(), Room()) struct RealProgram {}
