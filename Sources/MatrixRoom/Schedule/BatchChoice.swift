/// Which batches a gateway shows: all that nothing here speaks against.
package struct BatchChoice: Hashable, Sendable {
    /// Any of these; empty: any label, or none.
    package var labels: Set<String>
    /// The same of who asked for them.
    package var actors: Set<String>

    package init(labels: Set<String> = [], actors: Set<String> = []) {
        self.labels = labels
        self.actors = actors
    }

    package func includes(label: String?, actor: String?) -> Bool {
        (labels.isEmpty || label.map(labels.contains) ?? false)
            && (actors.isEmpty || actor.map(actors.contains) ?? false)
    }
}
