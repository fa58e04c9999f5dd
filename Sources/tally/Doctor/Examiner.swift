import AccessControl
import BatchClient
import BatchProtocol
import BatchStore
import CLIGateway
import Glibc
import LocalFleet
import ZeroMQ

/// Looks at the machine and asks the coordinator; makes and changes nothing.
struct Examiner {
    let coordinator: CoordinatorOption

    func examine() async -> Examination {
        let (state, runtime) = (CoordinatorAddress.stateFolder, CoordinatorAddress.runtimeFolder)
        let store = StoreInspection(path: "\(state)/coordinator.sqlite")
        let address = try? coordinator.address
        return Examination(
            program: "tally \(Tally.version)", zeroMQ: ZeroMQContext.version, settings: Settings.resolved,
            settingsPath: SettingsFile.path(environment: Settings.environment), statePath: state,
            state: Self.folder(state), freeBytes: Self.freeBytes(state), runtimePath: runtime,
            runtime: Self.folder(runtime),
            longestSocketPath: SocketPath(in: runtime).path,
            storePath: "\(state)/coordinator.sqlite", store: Examination.Store(store.state),
            storeHolder: store.holder,
            logs: ["coordinator", "worker"].compactMap { LogErrors(path: "\(state)/\($0).log")?.finding },
            address: address?.description ?? "", isNamed: (try? coordinator.named) != nil,
            keys: Self.keys(address), coordinator: await Self.ask(address),
            hasShell: access("/bin/sh", X_OK) == 0,
            fileLimit: Self.fileLimit)
    }

    // MARK: Folders

    private static func folder(_ path: String) -> Examination.Folder {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let reason = errno
            guard reason == ENOENT else { return .missing(fault: String(cString: strerror(reason))) }
            let parent = nearestThere(path)
            return .missing(fault: access(parent, W_OK) == 0 ? nil : "\(parent) can't be written")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return .unusable("it is no folder") }
        guard status.st_uid == geteuid() else { return .unusable("it belongs to another user") }
        guard status.st_mode & 0o022 == 0 else { return .othersMayWrite }
        guard access(path, W_OK | X_OK) == 0 else { return .unusable("it can't be written") }
        return .usable(mode: status.st_mode & 0o777)
    }

    /// Itself, or the folder above that exists.
    private static func nearestThere(_ path: String) -> String {
        var path = path
        while access(path, F_OK) != 0, let slash = path.lastIndex(of: "/") {
            path = String(path[..<slash])
        }
        return path.isEmpty ? "/" : path
    }

    private static func freeBytes(_ path: String) -> Int64? {
        var status = statvfs()
        guard statvfs(nearestThere(path), &status) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    private static var fileLimit: (soft: UInt64, hard: UInt64) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return (UInt64(limit.rlim_cur), UInt64(limit.rlim_max))
    }

    // MARK: The coordinator

    private static func keys(_ address: CoordinatorAddress?) -> Examination.Keys {
        guard let address, address.description.hasPrefix("tcp://") else { return .notAsked }
        do {
            return try address.clientKeys().map { .usable(name: $0.name.description) } ?? .missing
        } catch {
            return .faulty(error.description)
        }
    }

    private static func ask(_ address: CoordinatorAddress?) async -> Examination.Coordinator {
        guard let address, (try? address.checked()) != nil else { return .notAsked }
        do {
            return try await BatchConnection.open(to: address, timeout: .seconds(2)) { client in
                let began = ContinuousClock.now
                let hello = try await client.introduction()
                return .answers(
                    Examination.Answer(
                        program: hello.program, epoch: hello.epoch, took: ContinuousClock.now - began,
                        workers: try await client.activeWorkers(), batches: try await client.activeBatches()))
            }
        } catch let error as BatchClientError where error.code == .forbidden {
            return .refuses(error.description)
        } catch let error as BatchClientError where error.code == .keys {
            return .notAsked
        } catch {
            return .silent("\(error)")
        }
    }
}

extension Examination.Store {
    fileprivate init(_ state: StoreInspection.State) {
        self =
            switch state {
            case .missing: .missing
            case .readable(let version): .readable(version: version)
            case .refused(let error): .refused(error.description)
            }
    }
}
