internal import LinuxSystem
internal import PluginHost

/// 1,000 plugins in one host: how long each load takes, against bare dlopen(3) of as many, and calls to each in turn.
///
/// Their images are copies of one with another name and build-id; to host and dynamic linker each is a stranger.
struct PluginsScenario {
    private let arguments: Arguments
    private let count = 1000

    init(_ arguments: Arguments) { self.arguments = arguments }

    func rows() async throws -> [Row] {
        let folder = try benchFolder()
        let sample = try SampleImage(SampleSource(), as: "sample", in: folder, include: arguments.include)
        let adder = try Adder(path: arguments.adder)
        return try await withHost { host in
            let loads = try await load(sample, into: host)
            let bindings = try (0..<count).map {
                try host.bind(SampleImage.name($0), "^1", Export("f0", as: Add.self))
            }
            let (last, function) = (bindings[count - 1], adder.function)
            let functions = try bindings.map { binding in try binding { $0 } }
            let calls =
                try compare(
                    "plugins", [Way(name: "call to one of them", bound: 1.15) { try callBinding(last, $0) }],
                    to: Way(name: "raw pointer", bound: nil) { callRaw(function, $0) }, pairs: arguments.pairs)
                + compare(
                    "plugins", [Way(name: "call to each in turn", bound: nil) { try callInTurn(bindings, $0) }],
                    to: Way(name: "1,000 raw pointers", bound: nil) { callRawInTurn(functions, $0) },
                    pairs: arguments.pairs)
            return [Row("plugins", "load, of 1,000", to: "bare dlopen and dlsym", loads)] + calls
        }
    }

    private func load(_ sample: SampleImage, into host: PluginHost) async throws -> Events {
        var events = Events()
        for number in 0..<count {
            let path = try sample.copy(name: number)
            let bare = try timeBareLoad(path)
            let begin = Clock.now()
            _ = try await host.load(path)
            events.add(Clock.now() - begin, beside: bare)
        }
        return events
    }
}
