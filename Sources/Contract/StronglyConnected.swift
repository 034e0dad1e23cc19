/// Tarjan's strongly connected components, without recursion: however long a chain is, no stack grows with it.
enum StronglyConnected {
    /// All that one name leads to, itself included: names that lead back to each other together, each component after
    /// those that it leads to.
    ///
    /// - Parameter successors: what a name leads to; asked for once.
    static func components(from root: TypeName, successors: (TypeName) -> [TypeName]) -> [[TypeName]] {
        struct Visit {
            let name: TypeName
            let successors: [TypeName]
            var next = 0
        }
        var components: [[TypeName]] = []
        /// When each was met, and the earliest that it leads back to.
        var indices: [TypeName: Int] = [:]
        var lows: [TypeName: Int] = [:]
        var open: [TypeName] = []
        var isOpen: Set<TypeName> = []
        var path: [Visit] = []

        func enter(_ name: TypeName) {
            (indices[name], lows[name]) = (indices.count, indices.count)
            open.append(name)
            isOpen.insert(name)
            path.append(Visit(name: name, successors: successors(name)))
        }

        enter(root)
        while let visit = path.last {
            if visit.next < visit.successors.count {
                path[path.count - 1].next += 1
                let successor = visit.successors[visit.next]
                if indices[successor] == nil {
                    enter(successor)
                } else if isOpen.contains(successor) {
                    lows[visit.name] = min(lows[visit.name] ?? 0, indices[successor] ?? 0)
                }
                continue
            }
            path.removeLast()
            if let parent = path.last?.name {
                lows[parent] = min(lows[parent] ?? 0, lows[visit.name] ?? 0)
            }
            guard lows[visit.name] == indices[visit.name], let start = open.lastIndex(of: visit.name) else { continue }
            components.append(Array(open[start...]))
            isOpen.subtract(open[start...])
            open.removeSubrange(start...)
        }
        return components
    }
}
