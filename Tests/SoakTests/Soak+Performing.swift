import Compatibility
import PluginHost
import PluginRegistry
import TestSupport

// One operation: predicted, asked of the host, compared.

extension Soak {
    mutating func perform(_ operation: Operation) async {
        let prediction = model.predict(operation)
        timeline.enter("\(operation) …", [model] + prediction.meanwhile + [prediction.after], questions)
        let outcome: String
        do { outcome = try await request(operation, expecting: prediction) } catch let error as PluginHostError {
            outcome = error.code
            if outcome != prediction.outcome { timeline.complain("\(operation): \(error)") }
        } catch BindingError.unloaded {
            outcome = "absent"
        } catch { outcome = "\(error)" }
        model = prediction.after
        timeline.enter("\(operation): \(outcome)", [model], questions)
        if outcome != prediction.outcome {
            timeline.complain("\(operation) ended with \(outcome), predicted was \(prediction.outcome)")
        }
        let listed = host.list().filter { [.current, .ready, .loaded].contains($0.state) }
            .map { "\($0.plugin) \($0.stamp.version) \($0.state)" }.sorted()
        if listed != model.listed { timeline.complain("listed are \(listed), predicted were \(model.listed)") }
        result.operations["\(operation.name) \(outcome)", default: 0] += 1
    }

    private mutating func request(
        _ operation: Operation, expecting prediction: Model.Prediction
    ) async throws -> String {
        switch operation {
        case .load(let build):
            let reply = try await host.load(build.path(in: folder))
            if !reply.unchanged { try await meetSleeper(of: build) }
            return reply.unchanged ? "unchanged" : "done"
        case .swap(let build, let manner):
            let reply = try await host.swap(build.plugin, to: build.path(in: folder), manner.options)
            if !reply.unchanged { try await meetSleeper(of: build) }
            return reply.unchanged ? "unchanged" : "done"
        case .swapToLoaded(let plugin, let version, let manner):
            var options = manner.options
            options.state = .discard
            let reply = try await host.swap(plugin, to: SemanticVersion("\(version)"), options)
            return reply.unchanged ? "unchanged" : "done"
        case .swapTogether(let builds, let manner):
            let reply = try await host.swap(
                together: builds.map { (name: $0.plugin, path: $0.path(in: folder)) }, manner.options)
            return reply.swaps.allSatisfy(\.unchanged) ? "unchanged" : "done"
        case .swapAround(let guest, let build, let takesBack):
            return try await swap(around: guest, build, takesBack: takesBack, expecting: prediction)
        case .revert(let plugin): _ = try await host.revert(plugin)
        case .commit(let plugin): _ = try await host.commit(plugin)
        case .unload(let plugin, let version):
            _ = try await host.unload(plugin, version.map { try SemanticVersion("\($0)") })
        case .change(let route, let change):
            try await host.changeRoute(route.plugin, "\(route.range)", by: change.routeChange())
        case .remember(let route, let number): _ = try remember[route]?.send("\(number)")
        case .wakeSleepers:
            sleeperBarrier.open(for: sleepers)
            sleepers = 0
        }
        return "done"
    }

    private mutating func meetSleeper(of build: Build) async throws {
        guard build.kind == .leavesThread else { return }
        try await sleeperBarrier.waitUntilEntered()
        sleepers += 1
    }

    /// Swaps while somebody is inside what the route leads to, who leaves only afterwards.
    private func swap(
        around guest: Operation.Guest, _ build: Build, takesBack: Bool, expecting prediction: Model.Prediction
    ) async throws -> String {
        // The guest outlasts any limit; where nobody has to wait for it, the limit must not matter.
        let options = SwapOptions(
            drainLimit: prediction.outcome == "timed-out" ? .milliseconds(10) : nil,
            onDrainTimeout: takesBack ? .revert : .wait, state: .discard)
        func swap() async throws -> String {
            let reply = try await host.swap(build.plugin, to: build.path(in: folder), options)
            return reply.unchanged ? "unchanged" : "done"
        }
        func attempt(_ body: () async throws -> String) async -> Swift.Result<String, any Error> {
            do { return .success(try await body()) } catch { return .failure(error) }
        }
        func judge(_ answer: Answer) {
            if answer != prediction.guest { timeline.complain("the \(guest) inside got \(answer)") }
        }
        guard prediction.guest != .absent, let linger else { return try await swap() }
        switch guest {
        case .call:
            async let answer = onThread { Answer { .text(try linger.send("")) } }
            try await barrier.waitUntilEntered()
            let outcome = await attempt(swap)
            barrier.open()
            judge(try await answer)
            return try outcome.get()
        case .lease:
            let binding = leased[0].1
            return try await binding.withLease { lease in
                let outcome = await attempt(swap)
                judge(Answer { .text(String(decoding: try binding.send([], on: lease), as: UTF8.self)) })
                return try outcome.get()
            }
        }
    }
}

extension Operation.Manner {
    /// A probation that only an operator ends.
    fileprivate var options: SwapOptions {
        switch self {
        case .plain: SwapOptions()
        case .onProbation: SwapOptions(probation: .seconds(86_400))
        case .discardingState: SwapOptions(state: .discard)
        case .dryRun: SwapOptions(isDryRun: true)
        }
    }
}

extension Operation.Change {
    fileprivate func routeChange() throws -> RouteChange {
        switch self {
        case .canary(let version, let share): .canary(try SemanticVersion("\(version)"), basisPoints: share)
        case .closeCanary: .closeCanary
        case .label(let label, let version): .label(label, try SemanticVersion("\(version)"))
        case .removeLabel(let label): .removeLabel(label)
        case .fix(let version): .fix(try SemanticVersion("\(version)"))
        case .follow: .follow
        case .fallback(let plugin): .fallback(plugin)
        case .noFallback: .noFallback
        }
    }
}
