import AccessControl
import BatchStore
import CLIGateway
import ChildProcess
import CommandTemplate
import HTTPGateway
import LocalFleet
import MatrixGateway
import ZeroMQ

// What goes wrong in the rooms, as the program ends with it.

/// No coordinator answers where one was looked for.
struct NoCoordinator: Failure {
    let description: String
    var exitCode: ExitCode { .noCoordinator }
}

extension FleetError: Failure {
    var exitCode: ExitCode { .noCoordinator }
}

extension StateFolderError: Failure {
    var exitCode: ExitCode { .usage }
}

extension RunError: Failure {}

extension TemplateError: Failure {
    var exitCode: ExitCode { .usage }
}

extension Values.TooLong: Failure {
    var exitCode: ExitCode { .usage }
}

extension InputError: Failure {
    var exitCode: ExitCode { .usage }
}

extension StoreError: Failure {
    var exitCode: ExitCode { .someFailed }
}

extension ZeroMQError: Failure {
    var exitCode: ExitCode { .someFailed }
}

extension SystemFailure: Failure {
    var exitCode: ExitCode { .someFailed }
}

extension SettingsError: Failure {
    var exitCode: ExitCode { .usage }
}

extension HTTPServerError: Failure {
    var exitCode: ExitCode { .usage }
}

extension KeyFile.Fault: Failure {
    var exitCode: ExitCode { .usage }
}

extension AllowList.Fault: Failure {
    var exitCode: ExitCode { .usage }
}

extension GatewayFault: Failure {
    var exitCode: ExitCode { .usage }
}

extension OutputError: Failure {
    var exitCode: ExitCode { .someFailed }
}
