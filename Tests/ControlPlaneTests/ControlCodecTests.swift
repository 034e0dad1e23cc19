import Compatibility
import PluginHost
import Testing

@testable import ControlPlane

@Suite struct ControlCodecTests {
    private func request(_ line: String) -> ControlRequest {
        ControlCodec.request(from: Array(line.utf8), nesting: 16)
    }

    private func failure(_ line: String) -> ControlFailure? {
        if case .failure(let failure) = request(line).method { failure } else { nil }
    }

    /// A call by name fails in the binding's words, which were no word of the table of codes and exit 1, all of them.
    @Test(arguments: [
        (BindingError.held(route: "a ^1", milliseconds: 3000), "timed-out", 7),
        (.unloaded(route: "a ^1"), "not-found", 4), (.noSuchExport(route: "a ^1", index: 1), "not-found", 4),
        (.tooManyThreads(route: "a ^1"), "conflict", 1),
    ])
    func aCallThatDoesNotGetInHasTheExitCodeOfItsKind(_ error: BindingError, _ code: String, _ exit: Int32) {
        let failure = ControlFailure(error)
        #expect(failure.code == code && failure.exit == exit && failure.message == error.description)
    }

    @Test(arguments: [
        (
            #"{"jsonrpc":"2.0","id":1,"method":"load","params":{"path":"/a.so"}}"#,
            ControlMethod.change(.load(path: "/a.so"))
        ),
        (
            #" {"params":{"path":"/a.so","name":"a"},"method":"swap","id":"x","jsonrpc":"2.0"} "#,
            .change(.swapPath(name: "a", path: "/a.so", .init()))
        ),
        (
            #"{"jsonrpc":"2.0","id":1,"method":"unload","params":{"name":"a"}}"#,
            .change(.unload(name: "a", version: nil))
        ),
        (#"{"jsonrpc":"2.0","id":1,"method":"list"}"#, .list(all: false, host: false)),
        (#"{"jsonrpc":"2.0","id":1,"method":"list","params":{"all":true,"new":1}}"#, .list(all: true, host: false)),
        (
            #"{"jsonrpc":"2.0","id":1,"method":"call","params":{"plugin":"a","export":"e","text":"hi"}}"#,
            .call(ControlCall(plugin: "a", export: "e", range: "*", request: Array("hi".utf8)))
        ),
        (
            #"{"jsonrpc":"2.0","id":1,"method":"call","params":{"plugin":"a","export":"e","range":"^1","base64":"/w=="}}"#,
            .call(ControlCall(plugin: "a", export: "e", range: "^1", request: [0xff]))
        ),
    ])
    func understands(line: String, method: ControlMethod) throws {
        #expect(try request(line).method.get() == method)
    }

    @Test func readsVersions() throws {
        let line = #"{"jsonrpc":"2.0","id":1,"method":"swap","params":{"name":"a","version":"1.2.3"}}"#
        let version = try SemanticVersion("1.2.3")
        #expect(try request(line).method.get() == .change(.swapVersion(name: "a", version: version, .init())))
    }

    @Test(arguments: [
        ("", -32700), ("{", -32700), ("}", -32700), ("nonsense", -32700), (#"{"jsonrpc":"2.0"}}"#, -32700),
        (#"{"jsonrpc":"2.0","id":1,"method":"list"} {"#, -32700), ("\u{0}", -32700),
        ("3", -32600), ("null", -32600), ("{}", -32600), ("[]", -32600),
        (#"[{"jsonrpc":"2.0","id":1,"method":"list"}]"#, -32600),
        (#"{"jsonrpc":"1.0","id":1,"method":"list"}"#, -32600), (#"{"id":1,"method":"list"}"#, -32600),
        (#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600), (#"{"jsonrpc":"2.0","id":1}"#, -32600),
        (#"{"jsonrpc":"2.0","id":{},"method":"list"}"#, -32600),
        (#"{"jsonrpc":"2.0","id":1e999,"method":"list"}"#, -32600),
        (#"{"jsonrpc":"2.0","id":1.5,"method":"list"}"#, -32600),
        (#"{"jsonrpc":"2.0","id":1,"method":"List"}"#, -32601),
        (#"{"jsonrpc":"2.0","id":1,"method":"load"}"#, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"load","params":{}}"#, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"load","params":["/a.so"]}"#, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"load","params":{"path":"a.so"}}"#, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"load","params":{"path":"/a\u0000.so"}}"#, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"load","params":{"path":7}}"#, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"swap","params":{"name":"a"}}"#, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"swap","params":{"name":"a","path":"/a","version":"1.0.0"}}"#, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"swap","params":{"name":"a","version":"one"}}"#, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"call","params":{"plugin":"a","export":"e","base64":"!"}}"#, -32602),
    ])
    func refuses(line: String, number: Int) {
        let found = failure(line)
        #expect(found?.number == number, "\(line): \(String(describing: found))")
        #expect(found?.exit == 2)
        #expect(found?.message.isEmpty == false)
    }

    @Test func refusesBytesThatAreNotUTF8() throws {
        let line = Array(#"{"jsonrpc":"2.0","id":1,"method":"li"#.utf8) + [0xff] + Array(#""}"#.utf8)
        let request = ControlCodec.request(from: line, nesting: 16)
        #expect(throws: ControlFailure.self) { try request.method.get() }
    }

    /// The decoder recurses once per level: 60,000 of them would end the loop's stack.
    @Test func refusesDeepNestingBeforeDecoding() {
        let deep = String(repeating: "[", count: 30_000) + String(repeating: "]", count: 30_000)
        let line = #"{"jsonrpc":"2.0","id":1,"method":"list","params":"# + deep + "}"
        #expect(failure(line)?.message.contains("nested deeper than 16") == true)
        let closing = String(repeating: "}", count: 30_000) + String(repeating: "[", count: 30_000)
        #expect(failure(closing)?.message.contains("nested deeper than 16") == true)
    }

    @Test func doesNotCountBracketsInStrings() {
        #expect(ControlCodec.nesting(of: Array(#"{"a":"[[[\"[[["}"#.utf8)) == 1)
        #expect(ControlCodec.nesting(of: Array(#"{"a":[{}],"b":[]}"#.utf8)) == 3)
        #expect(ControlCodec.nesting(of: Array(#"{"a\\":[[]]}"#.utf8)) == 3)
    }

    @Test(arguments: [
        (#"{"jsonrpc":"2.0","method":"list"}"#, RequestID?.none),
        (#"{"jsonrpc":"2.0","id":null,"method":"list"}"#, .null),
        (#"{"jsonrpc":"2.0","id":-7,"method":"list"}"#, .number(-7)),
        (#"{"jsonrpc":"2.0","id":"é","method":"list"}"#, .text("é")),
    ])
    func tellsNotificationsFromRequests(line: String, id: RequestID?) {
        #expect(request(line).id == id)
    }

    @Test func writesRepliesWithSortedKeys() throws {
        let reply = try ControlCodec.reply(to: .number(1), CallReply(Array("a/b".utf8)))
        #expect(String(decoding: reply, as: UTF8.self) == #"{"id":1,"jsonrpc":"2.0","result":{"text":"a/b"}}"# + "\n")
        let failure = ControlCodec.reply(to: .null, .malformed("why"))
        #expect(
            String(decoding: failure, as: UTF8.self)
                == #"{"error":{"code":-32600,"data":{"code":"request.malformed","exit":2},"message":"why"},"id":null,"jsonrpc":"2.0"}"#
                + "\n")
    }

    /// 20,000 damaged requests of each kind, the same in every run: each gets an answer, none a trap.
    @Test(arguments: [
        #"{"jsonrpc":"2.0","id":12,"method":"call","params":{"plugin":"a","export":"e","text":"\u00e9\n\\"}}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"swapTogether","params":{"plugins":[{"name":"a","path":"/a"}],"options":{"probation":1e2,"state":"discard"}}}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"route","params":{"plugin":"a","range":"^1","change":"canary","version":"1.0.0","basisPoints":250}}"#,
    ])
    func survivesDamagedRequests(text: String) {
        let line = Array(text.utf8)
        var state: UInt64 = 1
        func random(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        var failures = 0
        for _ in 0..<20_000 {
            var damaged = line
            for _ in 0...random(below: 4) {
                let place = random(below: damaged.count)
                switch random(below: 3) {
                case 0: damaged[place] = UInt8(random(below: 256))
                case 1: damaged.remove(at: place)
                default: damaged.insert(contentsOf: damaged[place...].prefix(random(below: 9)), at: place)
                }
            }
            if case .failure = ControlCodec.request(from: damaged, nesting: 16).method { failures += 1 }
        }
        #expect(failures > 10_000, "most damage shows")
    }
}
