import Compatibility
import ELFReader
import Testing

struct GlibcGateTests {
    static let cases: [([String], String?, Finding.Verdict, String)] = [
        ([], "2.36", .passed, "none"), (["GLIBC_2.36"], "2.36", .passed, "GLIBC_2.36"),
        (["GLIBC_2.4", "GLIBC_2.34"], "2.36", .passed, "GLIBC_2.34"), (["GLIBC_2.4"], "2.36", .passed, "GLIBC_2.4"),
        (["GLIBC_2.38"], "2.36", .refused, "GLIBC_2.38"), (["GLIBC_2.100"], "2.36", .refused, "GLIBC_2.100"),
        (["GLIBC_2.2.5"], "2.2", .refused, "GLIBC_2.2.5"), (["GLIBC_3.0"], "2.36", .refused, "GLIBC_3.0"),
        (["GLIBC_ABI_DT_RELR"], "2.36", .passed, "GLIBC_ABI_DT_RELR"),
        (["GLIBC_ABI_DT_RELR"], "2.35", .refused, "GLIBC_ABI_DT_RELR"),
        (["GLIBC_2.4", "GLIBC_PRIVATE"], "2.36", .refused, "GLIBC_PRIVATE"),
        (["GLIBC_ABI_NEW"], "2.36", .refused, "GLIBC_ABI_NEW"), (["GLIBC_2.4"], nil, .refused, "GLIBC_2.4"),
        ([], nil, .passed, "none"), (["GLIBCXX_3.4.30", "FOO_9"], "2.36", .passed, "none"),
        (["GLIBC_99999999999999999999.1"], "2.36", .refused, "GLIBC_99999999999999999999.1"),
        (["GLIBC_2."], "2.36", .refused, "GLIBC_2."), (["GLIBC_2.4"], "hello", .refused, "GLIBC_2.4"),
    ]

    @Test(arguments: cases)
    func compares(_ versions: [String], _ own: String?, _ verdict: Finding.Verdict, _ plugin: String) {
        var host = Sample.host
        host.glibcVersion = own
        let candidate = Sample.candidate { _, image in
            image.versionNeeds = [VersionNeed(library: "libc.so.6", versions: versions)]
        }
        let findings = Sample.findings("glibc.version", candidate, host: host)
        #expect(findings.map(\.verdict) == [verdict])
        #expect(findings.map(\.plugin) == [plugin])
    }

    @Test func findsTheNewestOverAllLibraries() {
        let candidate = Sample.candidate { _, image in
            image.versionNeeds = [
                VersionNeed(library: "libm.so.6", versions: ["GLIBC_2.38"]),
                VersionNeed(library: "libc.so.6", versions: ["GLIBC_2.4"]),
            ]
        }
        #expect(
            Sample.lines("glibc.version", candidate) == [
                "refused glibc.version: plugin needs GLIBC_2.38, this host has 2.36: build the plugin on a system with "
                    + "glibc 2.36 or older"
            ])
    }

    @Test func refusesInternals() {
        let candidate = Sample.candidate { _, image in
            image.versionNeeds = [VersionNeed(library: "libc.so.6", versions: ["GLIBC_PRIVATE"])]
        }
        #expect(
            Sample.lines("glibc.version", candidate) == [
                "refused glibc.version: plugin uses internals of one build of glibc (GLIBC_PRIVATE): use glibc's "
                    + "public functions only"
            ])
    }
}
