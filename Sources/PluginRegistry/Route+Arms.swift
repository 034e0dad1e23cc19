extension Route {
    /// Sends a share of the keyed calls to another route, the canary; unkeyed calls go on as before, at no extra cost.
    ///
    /// Which keys those are is the keys' own matter (`ArmKey`): a greater share has all those of a smaller one, and more.
    /// What is bound through this route is from now on reserved on the canary too. A keyed call whose canary nothing
    /// serves any more takes this route; so a canary may be emptied before or after it is taken away. The canary's own
    /// canary, if it has one, is for calls that are bound through it.
    ///
    /// - Parameters:
    ///   - canary: `nil` sends all calls here.
    ///   - basisPoints: 0...10000, hundredths of a per cent.
    /// - Throws: `BindingError.noSuchExport`, naming the canary, where what serves it lacks an export that is bound here.
    package func split(to canary: Route?, share basisPoints: Int) throws(BindingError) {
        precondition((0...10_000).contains(basisPoints), "\(label): a share is 0...10000 basis points")
        precondition(canary !== self, "\(label): a route is not its own canary")
        try state.withLock { state throws(BindingError) in
            try canary?.reserve(state.bound)
            state.canary = canary
            memory.split(to: canary?.memory, share: basisPoints)
        }
    }

    /// The route that a share of the keyed calls takes, and that share in basis points.
    package var canary: (route: Route, share: Int)? {
        state.withLock { state in state.canary.map { ($0, memory.canaryShare) } }
    }

    /// Lets only those targets be published here from now on that have these exports.
    ///
    /// - Throws: `BindingError.noSuchExport` where what serves the route now lacks one.
    func reserve(_ indices: Set<Int>) throws(BindingError) {
        try state.withLock { state throws(BindingError) in
            if let target = state.target ?? state.held,
                let missing = indices.sorted().first(where: { !target.hasFunction(at: $0) })
            {
                throw .noSuchExport(route: label, index: missing)
            }
            state.bound.formUnion(indices)
        }
    }
}
