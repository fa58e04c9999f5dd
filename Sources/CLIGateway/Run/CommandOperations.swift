import BatchProgress
import BatchProtocol
import CommandTemplate

/// Makes `command` operations of a template and values.
package struct CommandOperations: Sendable {
    let template: Template
    let folder: [UInt8]
    let timeout: Duration?
    let environment: [[UInt8]]
    private var count = 0

    package init(template: Template, folder: [UInt8], timeout: Duration?, environment: [[UInt8]] = []) {
        self.template = template
        self.folder = folder
        self.timeout = timeout
        self.environment = environment
    }

    /// - Throws: `TemplateError` for a value that can't be put in, with its number.
    package mutating func operations(for values: [[UInt8]]) throws -> [BatchOperation] {
        try values.map { value in
            count += 1
            return try operation(for: value, number: count)
        }
    }

    private func operation(for value: [UInt8], number: Int) throws -> BatchOperation {
        var operation = CommandOperation(
            folder: ByteText(folder),
            environment: environment.isEmpty ? nil : environment.map { ByteText($0) },
            timeoutSeconds: timeout?.inSeconds)
        switch try template.invocation(for: value, number: number) {
        case .arguments(let words): operation.arguments = words.map { ByteText($0) }
        case .shell(let line): operation.shell = ByteText(line)
        }
        let label = String(decoding: value, as: UTF8.self).cut(toScalars: WireLimits.labelCharacters)
        return BatchOperation(
            type: CommandOperation.type, data: WireFormat.encode(operation), label: label)
    }
}
