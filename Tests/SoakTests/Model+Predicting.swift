// What each operation does to the model.

extension Model {
    func predict(_ operation: Operation) -> Prediction {
        switch operation {
        case .load(let build): predictLoad(build)
        case .swap(let build, let manner): predictSwap([build], manner)
        case .swapTogether(let builds, let manner): predictSwap(builds, manner)
        case .swapToLoaded(let plugin, let version, let manner): predictSwap(plugin, to: version, manner)
        case .swapAround(_, let build, let takesBack): predictSwapAround(build, takesBack)
        case .revert(let plugin): predictRevert(plugin)
        case .commit(let plugin): predictCommit(plugin)
        case .unload(let plugin, let version): predictUnload(plugin, version)
        case .change(let route, let change): predictChange(route, change)
        case .remember(let route, let number): predictRemember(route, number)
        case .wakeSleepers: nothing("done")
        }
    }

    private func nothing(_ outcome: String) -> Prediction { Prediction(outcome: outcome, after: self) }

    /// A change of this model that ends well.
    private func done(_ change: (inout Model) -> Void) -> Prediction {
        var after = self
        change(&after)
        return Prediction(outcome: "done", after: after)
    }

    private mutating func enter(_ build: Build, remembering memory: Int = 0) -> Int {
        lastNumber += 1
        builds[lastNumber] = build
        memories[lastNumber] = memory
        return lastNumber
    }

    private func predictLoad(_ build: Build) -> Prediction {
        let twins = rules.generations.values.filter { $0.plugin == build.plugin && $0.version == build.version }
        if twins.contains(where: { builds[$0.number] != build }) { return nothing("refused") }
        if !twins.isEmpty { return nothing("unchanged") }
        if build.kind == .failsToStart { return nothing("plugin-failed") }
        return done { after in
            let number = after.enter(build)
            after.rules.load(number, build.plugin, build.version)
            if isMistaken { after.rules.swap(in: [(number, build.plugin, build.version)]) }
        }
    }

    private func isCurrent(_ build: Build) -> Bool {
        rules.current(of: build.plugin, inLineOf: build.version).map { builds[$0.number] == build } ?? false
    }

    private func predictSwap(_ newcomers: [Build], _ manner: Operation.Manner) -> Prediction {
        if newcomers.allSatisfy(isCurrent) { return nothing("unchanged") }
        if newcomers.contains(where: { $0.kind == .failsToStart }) { return nothing("plugin-failed") }
        var after = self
        var entries: [Int] = []
        for build in newcomers {
            let current = rules.current(of: build.plugin, inLineOf: build.version)
            if let current, builds[current.number] == build {
                entries.append(current.number)
                continue
            }
            if manner != .discardingState, current != nil, build.kind == .refusesState {
                return nothing("plugin-failed")
            }
            let memory = manner == .discardingState ? 0 : current.map { memories[$0.number] ?? 0 } ?? 0
            entries.append(after.enter(build, remembering: memory))
        }
        if manner == .dryRun { return nothing("done") }
        after.putInFront(entries, onProbation: manner == .onProbation)
        return Prediction(outcome: "done", after: after)
    }

    private func predictSwap(
        _ plugin: String, to version: Rules.Version, _ manner: Operation.Manner
    ) -> Prediction {
        guard let new = rules.loaded(plugin, version) else { return nothing("not-found") }
        if new.isCurrent { return nothing("unchanged") }
        // What is loaded has a memory of its own, which a swap leaves alone: the state is always discarded.
        return done { after in
            after.putInFront([new.number], onProbation: manner == .onProbation)
        }
    }

    /// Publishes a swap: earlier probations of the same plugins are over.
    private mutating func putInFront(_ numbers: [Int], onProbation: Bool, keepingReady: Bool = false) {
        let entries = numbers.compactMap { number in builds[number].map { (number, $0.plugin, $0.version) } }
        let decisions = entries.map { number, plugin, version in
            let old = rules.current(of: plugin, inLineOf: version)?.number
            return Decision(plugin: plugin, line: version.line, new: number, old: old == number ? nil : old)
        }
        rules.swap(in: entries, keepingReady: onProbation || keepingReady)
        dropProbations { decision in entries.contains { $0.1 == decision.plugin && $0.2.line == decision.line } }
        if onProbation { probations.append(decisions) }
    }

    private mutating func dropProbations(where isDecided: (Decision) -> Bool) {
        for decisions in probations where decisions.contains(where: isDecided) {
            rules.endReadiness(of: decisions.compactMap(\.old))
        }
        probations.removeAll { $0.contains(where: isDecided) }
    }

    private func predictSwapAround(_ build: Build, _ takesBack: Bool) -> Prediction {
        let inside = rules.server(of: Call.alpha)
        var prediction = predictSwap([build], .discardingState)
        prediction.guest = text(of: inside)
        guard prediction.outcome == "done", let inside else { return prediction }
        let isReplaced = prediction.after.rules.server(of: Call.alpha)?.number != inside.number
        if takesBack, isReplaced, inside.isCurrent, inside.version.line == build.version.line,
            inside.plugin == build.plugin
        {
            var between = self
            between.putInFront([between.enter(build)], onProbation: false, keepingReady: true)
            var after = between
            after.rules.swap(in: [(inside.number, inside.plugin, inside.version)])
            return Prediction(outcome: "timed-out", meanwhile: [between], after: after, guest: prediction.guest)
        }
        if prediction.after.rules.generations[inside.number] == nil { prediction.outcome = "timed-out" }
        return prediction
    }

    private func predictRevert(_ plugin: String) -> Prediction {
        guard let decisions = probations.last(where: { $0.contains { $0.plugin == plugin } }) else {
            return nothing(isLoaded(plugin) ? "conflict" : "not-found")
        }
        let olds = decisions.compactMap { $0.old.flatMap { rules.generations[$0] } }
        // What came where nothing was has nothing to go back to: alone it stays on probation, else it stays in front.
        guard !olds.isEmpty else { return nothing("conflict") }
        return done { after in
            after.probations.removeAll { $0.contains { $0.new == decisions[0].new } }
            after.rules.swap(in: olds.map { ($0.number, $0.plugin, $0.version) })
        }
    }

    private func predictCommit(_ plugin: String) -> Prediction {
        guard let last = probations.lastIndex(where: { $0.contains { $0.plugin == plugin } }) else {
            return nothing(isLoaded(plugin) ? "conflict" : "not-found")
        }
        return done { after in
            let decisions = after.probations.remove(at: last)
            after.rules.endReadiness(of: decisions.compactMap(\.old))
        }
    }

    private func isLoaded(_ plugin: String) -> Bool { rules.generations.values.contains { $0.plugin == plugin } }

    private func predictUnload(_ plugin: String, _ version: Rules.Version?) -> Prediction {
        guard rules.generations.values.contains(where: { $0.plugin == plugin && (version ?? $0.version) == $0.version })
        else { return nothing("not-found") }
        return done { after in
            after.rules.unload(plugin, version)
            let stays = after.rules.generations
            after.dropProbations { decision in
                [decision.new, decision.old].contains { $0.map { stays[$0] == nil } == true }
            }
        }
    }

    private func predictRemember(_ route: Rules.Route, _ number: Int) -> Prediction {
        guard let server = rules.server(of: route) else { return nothing("absent") }
        return done { $0.memories[server.number] = number }
    }

    private func predictChange(_ route: Rules.Route, _ change: Operation.Change) -> Prediction {
        var setting = rules.routes[route] ?? .init()
        switch change {
        case .canary(let version, let share):
            if share > 10_000 { return nothing("invalid-request") }
            if let refusal = refusal(of: version, on: route) { return nothing(refusal) }
            setting.arms[.canary] = version
            setting.canaryShare = share
        case .closeCanary:
            if setting.arms[.canary] != nil { setting.arms[.canary] = .some(nil) }
            setting.canaryShare = 0
        case .label(let label, let version):
            if let refusal = refusal(of: version, on: route) { return nothing(refusal) }
            setting.arms[.label(label)] = version
        case .removeLabel(let label):
            guard case .some(.some) = setting.arms[.label(label)] else { return nothing("not-found") }
            setting.arms[.label(label)] = .some(nil)
        case .fix(let version):
            if let refusal = refusal(of: version, on: route) { return nothing(refusal) }
            setting.fixed = version
        case .follow: setting.fixed = nil
        case .fallback(let plugin):
            if plugin == route.plugin { return nothing("invalid-request") }
            guard rules.generations.values.contains(where: { $0.plugin == plugin }) else { return nothing("not-found") }
            setting.fallback = plugin
        case .noFallback: setting.fallback = nil
        }
        return done { after in
            after.rules.routes[route] = setting
            after.rules.letGo()
        }
    }

    /// Why no arm of the route can be of a version.
    private func refusal(of version: Rules.Version, on route: Rules.Route) -> String? {
        if rules.loaded(route.plugin, version) == nil { return "not-found" }
        return route.range.admits(version) ? nil : "invalid-request"
    }
}
