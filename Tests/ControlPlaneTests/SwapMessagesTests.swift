import Compatibility
import FoundationEssentials
import PluginHost
import Testing

@testable import ControlPlane

/// How swaps and changes of routes travel: strictly, because a parameter that is passed over is a promise not kept.
@Suite struct SwapMessagesTests {
    private func method(_ name: String, _ parameters: String) -> Result<ControlMethod, ControlFailure> {
        let line = #"{"jsonrpc":"2.0","id":1,"method":"\#(name)","params":\#(parameters)}"#
        return ControlCodec.request(from: Array(line.utf8), nesting: 16).method
    }

    @Test(arguments: [
        ("{}", SwapOptions()),
        (#"{"probation":60}"#, SwapOptions(probation: .seconds(60))),
        (#"{"probation":0,"drainLimit":0.25}"#, SwapOptions(probation: .zero, drainLimit: .milliseconds(250))),
        (
            #"{"drainLimit":86400,"onDrainTimeout":"revert"}"#,
            SwapOptions(drainLimit: .seconds(86_400), onDrainTimeout: .revert)
        ),
        (
            #"{"onDrainTimeout":"resident","state":"discard","dryRun":true}"#,
            SwapOptions(onDrainTimeout: .resident, state: .discard, isDryRun: true)
        ),
        (#"{"state":"handOver","onDrainTimeout":"wait","dryRun":false}"#, SwapOptions()),
    ])
    func understandsOptions(text: String, options: SwapOptions) throws {
        let single = try method("swap", #"{"name":"a","path":"/a","options":\#(text)}"#).get()
        #expect(single == .change(.swapPath(name: "a", path: "/a", options)))
        let several = try method("swapTogether", #"{"plugins":[{"name":"a","path":"/a"}],"options":\#(text)}"#).get()
        #expect(several == .change(.swapTogether([.init(name: "a", path: "/a")], options)))
    }

    /// What a client writes, the host reads.
    @Test func optionsComeBackAsTheyWent() throws {
        for drain in DrainPolicy.allCases {
            for state in StatePolicy.allCases {
                let options = SwapOptions(
                    probation: .milliseconds(1500), drainLimit: drain == .wait ? nil : .seconds(3),
                    onDrainTimeout: drain,
                    state: state, isDryRun: state == .discard)
                let line = try ControlCodec.request(1, .swap, SwapParameters(name: "a", path: "/a", options))
                let request = ControlCodec.request(from: line.dropLast(), nesting: 16)
                #expect(try request.method.get() == .change(.swapPath(name: "a", path: "/a", options)))
            }
        }
    }

    @Test(arguments: [
        ("swap", #"{"name":"a","path":"/a","probation":60}"#, #""params.probation" is malformed: there is no such"#),
        ("swap", #"{"name":"a","path":"/a","options":{"probaton":60}}"#, #"did you mean "probation"?"#),
        (
            "swap", #"{"name":"a","path":"/a","options":{"probation":-1}}"#,
            #""params.options.probation" is malformed: -1.0"#
        ),
        ("swap", #"{"name":"a","path":"/a","options":{"drainLimit":86400.5}}"#, "86400.5 is no number of seconds"),
        (
            "swap", #"{"name":"a","path":"/a","options":{"drainLimit":1e999}}"#,
            #""params.options.drainLimit" is malformed: the"#
        ),
        (
            "swap", #"{"name":"a","path":"/a","options":{"drainLimit":"1"}}"#,
            #""params.options.drainLimit" is no number"#
        ),
        (
            "swap", #"{"name":"a","path":"/a","options":{"onDrainTimeout":"later"}}"#,
            #""params.options.onDrainTimeout" is malformed: "later" is none of wait, resident, revert"#
        ),
        ("swap", #"{"name":"a","path":"/a","options":{"state":"hand-over"}}"#, "none of handOver, discard"),
        ("swap", #"{"name":"a","path":"/a","options":{"dryRun":1}}"#, #""params.options.dryRun" is no boolean"#),
        ("swap", #"{"name":"a","path":"/a","options":[]}"#, #""params.options" is no object"#),
        ("swapTogether", #"{"plugins":[]}"#, #""params.plugins" is malformed: 0 plugins cannot be swapped together"#),
        (
            "swapTogether", #"{"plugins":[{"name":"a","path":"/a"},{"name":"b"}]}"#,
            #""params.plugins[1].path" is missing"#
        ),
        ("swapTogether", #"{"plugins":[{"name":"a","path":"a"}]}"#, #""path" must be absolute"#),
        (
            "swapTogether", #"{"plugins":[{"name":"a","path":"/a","dryRun":true}]}"#,
            #""params.plugins[0].dryRun" is malformed: there is no such parameter"#
        ),
        ("revert", #"{}"#, #""params.name" is missing"#),
        ("revert", #"{"name":"a","version":"1.0.0"}"#, #""params.version" is malformed: there is no such parameter"#),
        ("commit", #"{"name":7}"#, #""params.name" is no string"#),
        ("routes", #"{"range":"*"}"#, #""params.range" is malformed"#),
        ("routes", #"{"name":"a"}"#, #""params.name" is malformed: there is no such parameter"#),
        ("route", #"{"plugin":"a","range":"*"}"#, #""params.change" is missing"#),
        ("route", #"{"plugin":"a","change":"follow"}"#, #""params.range" is missing"#),
        (
            "route", #"{"plugin":"a b","range":"*","change":"follow"}"#,
            #""params.plugin" is malformed: "a b" is no name"#
        ),
        ("route", #"{"plugin":"a","range":"*","change":"cannary"}"#, "none of canary, closeCanary, label"),
        ("route", #"{"plugin":"a","range":"*","change":"fix"}"#, #""params.version" is missing"#),
        ("route", #"{"plugin":"a","range":"*","change":"fix","version":"1"}"#, #""params.version" is malformed"#),
        (
            "route", #"{"plugin":"a","range":"*","change":"follow","version":"1.0.0"}"#,
            #""params.version" is malformed: the change follow takes no such parameter"#
        ),
        (
            "route", #"{"plugin":"a","range":"*","change":"canary","version":"1.0.0"}"#,
            #""params.basisPoints" is missing"#
        ),
        (
            "route", #"{"plugin":"a","range":"*","change":"canary","version":"1.0.0","basisPoints":1e300}"#,
            #""params.basisPoints" is malformed"#
        ),
        (
            "route", #"{"plugin":"a","range":"*","change":"canary","version":"1.0.0","basisPoints":2.5}"#,
            #""params.basisPoints" is malformed: 2.5 is no whole number from 0 to 10000"#
        ),
    ])
    func refuses(name: String, parameters: String, words: String) {
        guard case .failure(let failure) = method(name, parameters) else {
            Issue.record("\(name) \(parameters) was understood")
            return
        }
        #expect(failure.number == -32602 && failure.exit == 2)
        #expect(failure.message.contains(words), "\(failure.message)")
    }

    /// A key of the client's choice comes back in the error: shortened, and without what a terminal would obey.
    @Test func quotesHostileKeysSafely() {
        let key = String(repeating: "x", count: 50_000)
        guard case .failure(let long) = method("revert", #"{"name":"a","\#(key)":1}"#),
            case .failure(let control) = method("revert", #"{"name":"a","\u001b[31m":1}"#)
        else {
            Issue.record("unknown keys were understood")
            return
        }
        #expect(long.message.count < 200)
        #expect(control.message.contains(#""params.\u{1b}[31m""#) && !control.message.contains("\u{1b}"))
    }

    @Test func boundsATransaction() throws {
        func plugins(_ count: Int) -> String {
            #"{"plugins":["# + (0..<count).map { #"{"name":"p\#($0)","path":"/p"}"# }.joined(separator: ",") + "]}"
        }
        guard case .change(.swapTogether(let most, _)) = try method("swapTogether", plugins(64)).get() else {
            Issue.record("64 plugins are no transaction")
            return
        }
        #expect(most.count == 64 && most[63].name == "p63")
        #expect(throws: ControlFailure.self) { try method("swapTogether", plugins(65)).get() }
    }

    @Test(arguments: [
        RouteChange.canary(try! SemanticVersion("1.1.0"), basisPoints: 250), .closeCanary,
        .label("beta", try! SemanticVersion("2.0.0-rc.1")), .removeLabel("beta"), .fix(try! SemanticVersion("1.0.0")),
        .follow,
        .fallback("spare"), .noFallback,
    ])
    func routeChangesComeBackAsTheyWent(change: RouteChange) throws {
        let line = try ControlCodec.request(1, .route, RouteParameters(plugin: "a", range: "^1", change))
        let request = ControlCodec.request(from: line.dropLast(), nesting: 16)
        #expect(try request.method.get() == .change(.route(plugin: "a", range: "^1", change)))
    }

    @Test func everyMethodIsNamedWhereOneIsMistaken() {
        guard case .failure(let failure) = method("swop", "{}") else {
            Issue.record("swop was understood")
            return
        }
        #expect(failure.number == -32601)
        for name in MethodName.allCases { #expect(failure.message.contains(name.rawValue)) }
    }
}
