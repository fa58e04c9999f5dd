/// One piece of work of a batch: what kind it is, and the bytes that say what to do.
public struct BatchOperation: Hashable, Sendable {
    /// Chooses the worker: only one that said it takes this type is given the operation.
    /// 1 to 64 characters of the kind a `BatchID` has.
    public var type: String
    /// Not looked at on its way; what it means is between the submitter and the worker.
    public var data: [UInt8]
    /// What people are shown while the operation runs or when it failed. Never a secret.
    public var label: String?

    public init(type: String, data: [UInt8] = [], label: String? = nil) {
        self.type = type
        self.data = data
        self.label = label
    }
}
