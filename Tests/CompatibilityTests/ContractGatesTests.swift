import Compatibility
import Testing

/// `contract.type` and `contract.snapshot`: the types of exports, as manifest, routes and snapshot say.
struct ContractGatesTests {
    static let (one, two) = ("0011223344556677", "8899aabbccddeeff")

    static func candidate(
        _ exports: String..., version: String = "1.2.0", _ change: (inout Candidate) -> Void = { _ in }
    ) -> Candidate {
        let lines = exports.map { "export = \($0)\n" }.joined()
        return Sample.candidate(manifest: "name = adder\nversion = \(version)\n\(lines)abi = 0.1\n") { candidate, _ in
            change(&candidate)
        }
    }

    static func host(_ bound: HostFacts.BoundExport...) -> HostFacts {
        var host = Sample.host
        host.bound = bound
        return host
    }

    static func bound(_ symbol: String, _ type: String?, on route: String = "adder ^1") -> HostFacts.BoundExport {
        .init(route: route, symbol: symbol, type: type.flatMap { PluginManifest.ExportType($0) })
    }

    @Test func passesWhereNothingChanged() {
        let host = Self.host(
            Self.bound("add", Self.one), Self.bound("add", Self.one, on: "adder ~1.2"), Self.bound("sub", nil),
            Self.bound("say", "message"))
        let finding = Sample.findings(
            "contract.type", Self.candidate("add \(Self.one)", "sub \(Self.two)", "say message"), host: host)
        #expect(finding.map(\.verdict) == [.passed])
        #expect(finding.first?.plugin == "2 declared types" && finding.first?.host == "3 bound")
        let alone = Sample.findings("contract.type", Self.candidate("add \(Self.one)"))
        #expect(alone.map(\.plugin) == ["1 declared type"] && alone.map(\.host) == ["nothing bound"])
        // What is bound and not there at all is the registry's to refuse.
        #expect(
            Sample.findings(
                "contract.type", Self.candidate("say message"), host: Self.host(Self.bound("add", Self.one))
            )
            .map(\.verdict) == [.passed])
    }

    @Test func aCheckWithoutAHostHasNothingToCompareWith() {
        let candidate = Self.candidate("add \(Self.one)") { $0.purpose = .check }
        #expect(
            Sample.lines("contract.type", candidate) == [
                "skipped contract.type: not judged: what callers have bound is known to a host alone"
            ])
    }

    @Test func refusesEachExportOnceWithItsRoutes() {
        let host = Self.host(
            Self.bound("add", Self.one), Self.bound("add", Self.one, on: "adder ^1.1"), Self.bound("mul", Self.one),
            Self.bound("add", Self.one, on: "adder ~1"), Self.bound("add", Self.one, on: "adder 1.x"))
        let candidate = Self.candidate("add \(Self.two)", "mul \(Self.two)")
        let more =
            "; plugctl contract diff OLD NEW tells two headers apart, and a snapshot beside each file "
            + "(plugctl contract snapshot HEADER -o FILE.so.contract) spells the types here"
        #expect(
            Sample.lines("contract.type", candidate, host: host) == [
                "refused contract.type: plugin has add of type \(Self.two), the routes adder ^1, adder ^1.1, adder ~1 and "
                    + "1 more are bound to add of type \(Self.one): keep the type of add, or release it as 2.0.0"
                    + more,
                "refused contract.type: plugin has mul of type \(Self.two), the route adder ^1 is bound to mul of type "
                    + "\(Self.one): keep the type of mul, or release it as 2.0.0" + more,
            ])
        let first = Sample.findings("contract.type", candidate, host: host).first
        #expect(first?.plugin == "add of type \(Self.two)" && first?.host == "add of type \(Self.one)")
    }

    /// Version, what the plugin declares of `add`, what is bound: the remedy.
    static let remedies: [(String, String, String?, String)] = [
        ("1.2.0", " \(two)", one, "keep the type of add, or release it as 2.0.0"),
        ("0.3.7", " \(two)", one, "keep the type of add, or release it as 0.4.0"),
        ("0.0.7", " \(two)", one, "keep the type of add, or release it as 0.0.8"),
        ("nonsense", " \(two)", one, "keep the type of add, or release it as a new major version"),
        (
            "1.2.0", "", one,
            "write export = add \(one) into the manifest if the function is unchanged, else release it as 2.0.0"
        ),
        ("1.2.0", " message", one, "keep the type of add, or give the message export another name"),
        ("1.2.0", " message", nil, "keep the type of add, or give the message export another name"),
        ("1.2.0", " \(two)", "message", "keep add a message export, or give the new function another name"),
        ("1.2.0", "", "message", "keep add a message export, or give the new function another name"),
    ]

    @Test(arguments: remedies)
    func saysWhatToDo(_ version: String, _ offered: String, _ bound: String?, _ remedy: String) {
        let findings = Sample.findings(
            "contract.type", Self.candidate("add\(offered)", version: version),
            host: Self.host(Self.bound("add", bound))
        )
        #expect(findings.map(\.verdict) == [.refused])
        #expect(findings.first?.remedy.hasPrefix(remedy) == true, "\(findings.first?.remedy ?? "")")
        #expect(findings.first?.remedy.contains("contract diff") == (offered == " \(Self.two)" && bound == Self.one))
    }

    @Test func spellsBothTypesWhereItCan() {
        var bound = Self.bound("add", Self.one)
        bound.spelling = .init(offered: "int add(long, long)", expected: "int add(int, int)")
        #expect(
            Sample.lines("contract.type", Self.candidate("add \(Self.two)"), host: Self.host(bound)) == [
                "refused contract.type: plugin has int add(long, long) [\(Self.two)], the route adder ^1 is bound to "
                    + "int add(int, int) [\(Self.one)]: keep the type of add, or release it as 2.0.0"
            ])
        bound.spelling = .init(
            offered: "int add(point *)", expected: "int add(point *)", difference: "point has 12 bytes instead of 8")
        #expect(
            Sample.lines("contract.type", Self.candidate("add \(Self.two)"), host: Self.host(bound)) == [
                "refused contract.type: plugin has int add(point *) [\(Self.two)], the route adder ^1 is bound to "
                    + "int add(point *) [\(Self.one)]: point has 12 bytes instead of 8: keep the type of add, or release "
                    + "it as 2.0.0"
            ])
    }

    @Test func noPolicyLetsAnotherTypeThrough() {
        let policy = GatePolicy(severities: ["contract.type": .ignore])
        let findings = Sample.findings(
            "contract.type", Self.candidate("add \(Self.two)"), host: Self.host(Self.bound("add", Self.one)),
            policy: policy)
        #expect(findings.map(\.verdict) == [.refused])
    }

    static func lines(_ snapshot: SnapshotReading) -> [String] {
        Sample.lines(
            "contract.snapshot",
            candidate("add \(one)", "sub \(two)", "say message", "plain") { $0.snapshot = snapshot })
    }

    @Test func comparesTheSnapshotWithTheManifest() {
        let path = "/plugins/adder.so.contract"
        let remedy =
            "make both from one header: plugctl contract snapshot HEADER -o \(path), and the lines of plugctl contract digest "
            + "HEADER in the manifest"
        #expect(Self.lines(.absent) == ["passed contract.snapshot: passed"])
        #expect(
            Self.lines(.read(path: path, types: ["add": .contract(Self.one), "sub": .contract(Self.two)])) == [
                "passed contract.snapshot: passed"
            ])
        #expect(
            Self.lines(.read(path: path, types: ["add": .contract(Self.one), "sub": .contract(Self.one)])) == [
                "warning contract.snapshot: manifest declares sub of type \(Self.two), \(path) has sub of type \(Self.one): "
                    + remedy
            ])
        #expect(
            Self.lines(.read(path: path, types: [:])) == [
                "warning contract.snapshot: manifest declares add of type \(Self.one), \(path) has no add, "
                    + "and 1 more differ: \(remedy)"
            ])
        #expect(
            Self.lines(.unreadable(problem: "\(path), line 3: \"x\" is nothing", remedy: "make it anew")) == [
                "warning contract.snapshot: \(path), line 3: \"x\" is nothing: make it anew"
            ])
    }
}
