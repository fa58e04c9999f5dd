import ProcessTesting
import Testing

/// All of these tests, a few at a time.
@Suite(Room()) struct Processes {}
