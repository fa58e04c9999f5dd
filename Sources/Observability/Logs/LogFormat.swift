import Glibc
import Logging

/// How a process writes its log.
package enum LogFormat: String, CaseIterable, Sendable {
    /// Lines for people.
    case text
    /// A JSON object on each line, for programs that gather logs.
    case json

    /// For people where standard error is a terminal.
    package static var usual: LogFormat { isatty(STDERR_FILENO) == 1 ? .text : .json }

    /// A log on standard error.
    package func logger(_ label: String, level: Logger.Level) -> Logger {
        var logger = Logger(label: label) { label in
            switch self {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler(label: label)
            }
        }
        logger.logLevel = level
        return logger
    }
}
