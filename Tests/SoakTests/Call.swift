import PluginHost
import PluginRegistry

/// What a call is to tell: the model predicts the answer to it.
enum Question: Hashable, Sendable {
    /// The number of the build that serves.
    case number(Rules.Route)
    /// What it says of itself, memory included.
    case text(Rules.Route, Rules.Arm)
    /// The same on the arm that the key takes.
    case keyed(Rules.Route, UInt64)
    /// The numbers of both, pinned together.
    case pair(Rules.Route, Rules.Route)
}

/// What a call came back with.
enum Answer: Hashable, Sendable {
    case number(Int)
    case text(String)
    /// Nothing serves the route.
    case absent
    /// An error that no call may end with.
    case failed(String)

    /// Runs a call.
    init(_ body: () throws -> Answer) {
        do { self = try body() } catch BindingError.unloaded { self = .absent } catch PluginHostError.notFound {
            self = .absent
        } catch { self = .failed("\(error)") }
    }
}

/// One way to ask one of the questions: all of them are asked all the time.
struct Call: Sendable {
    let question: Question
    /// Answers as often as it likes, on one version.
    let ask: @Sendable () -> [Answer]

    static let alpha = Rules.Route(plugin: "alpha", range: .caret(.init(1, 0, 0)))
    static let everyAlpha = Rules.Route(plugin: "alpha", range: .any)
    static let secondAlpha = Rules.Route(plugin: "alpha", range: .caret(.init(2, 0, 0)))
    static let tildeAlpha = Rules.Route(plugin: "alpha", range: .tilde(.init(1, 1, 0)))
    static let beta = Rules.Route(plugin: "beta", range: .caret(.init(1, 0, 0)))
    static let threaded = Rules.Route(plugin: "threaded", range: .caret(.init(1, 0, 0)))
    static let vouched = Rules.Route(plugin: "vouched", range: .caret(.init(1, 0, 0)))
    static let left = Rules.Route(plugin: "left", range: .caret(.init(1, 0, 0)))
    static let right = Rules.Route(plugin: "right", range: .caret(.init(1, 0, 0)))
    /// No binding has it: calls by name look it up each time.
    static let unbound = Rules.Route(plugin: "alpha", range: .exactly(.init(1, 2, 0)))
    /// Those that are bound for ever.
    static let bound = [alpha, everyAlpha, secondAlpha, tildeAlpha, beta, threaded, vouched, left, right]

    /// Binds all of them; every plugin must be loaded, and the label set.
    static func all(of host: PluginHost) throws -> [Call] {
        let answer = Export("answer", as: (@convention(c) () -> Int32).self)
        func number(_ route: Rules.Route) throws -> Binding<@convention(c) () -> Int32> {
            try host.bind(route.plugin, "\(route.range)", answer)
        }
        func tell(_ route: Rules.Route, label: String? = nil) throws -> MessageBinding {
            try host.messages(route.plugin, "\(route.range)", "tell", label: label)
        }
        var calls: [Call] = []
        for route in [alpha, secondAlpha] {
            let binding = try number(route)
            calls.append(
                Call(question: .number(route)) { [Answer { try binding { .number(Int($0())) } }] })
            // Both calls of one pin: the same version, whatever happens between them.
            calls.append(
                Call(question: .number(route)) {
                    do {
                        return try binding.pin { pinned in
                            [pinned { .number(Int($0())) }, pinned { .number(Int($0())) }]
                        }
                    } catch { return [Answer { throw error }] }
                })
        }
        for route in [alpha, everyAlpha, tildeAlpha, beta, threaded, vouched] {
            let binding = try tell(route)
            calls.append(Call(question: .text(route, .main)) { [Answer { .text(try binding.send("")) }] })
        }
        let (main, blue) = (try tell(alpha), try tell(alpha, label: "blue"))
        calls.append(Call(question: .text(alpha, .label("blue"))) { [Answer { .text(try blue.send("")) }] })
        for key in 1...6 as ClosedRange<UInt64> {
            calls.append(
                Call(question: .keyed(alpha, key)) {
                    [Answer { .text(String(decoding: try main.send([], key: ArmKey(key)), as: UTF8.self)) }]
                })
        }
        for route in [alpha, unbound] {
            calls.append(
                Call(question: .text(route, .main)) {
                    [
                        Answer {
                            let reply = try host.call(route.plugin, "\(route.range)", "tell", [])
                            return .text(String(decoding: reply, as: UTF8.self))
                        }
                    ]
                })
        }
        let (first, second) = (try number(left), try number(right))
        calls.append(
            Call(question: .pair(left, right)) {
                [
                    Answer {
                        try host.pin(first, second) { first, second in .text("\(first { $0() }) \(second { $0() })") }
                    }
                ]
            })
        return calls
    }
}
