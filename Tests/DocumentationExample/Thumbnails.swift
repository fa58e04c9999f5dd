import BatchClient
import BatchWorker
import Foundation

struct Photo: Codable {
    var path: String
}

private let sizes = [64, 256, 1024]

private func render(_ photo: Photo, _ size: Int) throws {
    try Data("\(size)\n".utf8).write(to: URL(filePath: "\(photo.path).\(size)"))
}

func submit(paths: [String]) async throws {
    try await BatchConnection.open(to: .environment()) { client in
        let batch = try await client.enqueueBatch(
            id: BatchID("thumbnails-2026-11-22"), label: "thumbnails",
            operations: paths.lazy.map {
                BatchOperation(type: "thumbnail", data: Photo(path: $0), label: $0)
            })
        for try await event in batch.events {  // the present state first; ends by itself
            print("\(event.finishedOperations)/\(event.totalOperations)")
        }
    }
}

func work() async throws {
    var worker = OperationWorker(connectingTo: .environment(), slots: 8)
    worker.handle("thumbnail", as: Photo.self) { photo, context in
        for (n, size) in sizes.enumerated() {
            try Task.checkCancellation()  // cancelled, or the lease is lost
            try render(photo, size)
            context.report(progress: Double(n + 1) / Double(sizes.count))
        }
    }
    try await worker.run()  // SIGTERM drains
}
