import FoundationEssentials
import Glibc
import ZeroMQ

extension KeyFile {
    /// Reads a file that `tally keygen` made.
    ///
    /// - Parameter secret: it has to have both halves, and nobody else may read it.
    /// - Throws: what is wrong with it, with its path.
    package init(path: String, secret: Bool) throws(Fault) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Fault(description: "the key file \(path) can't be read")
        }
        do throws(Fault) {
            try self.init(String(decoding: data, as: UTF8.self))
        } catch {
            throw Fault(description: "\(path) is no key file: \(error)")
        }
        guard secret else { return }
        guard keys != nil else {
            throw Fault(description: "\(path) has no secret half: that is in the file that ends in .key")
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o077 == 0 else {
            throw Fault(description: "\(path) can be read by others: chmod 600 '\(path)'")
        }
    }
}
