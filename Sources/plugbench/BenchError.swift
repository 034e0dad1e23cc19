/// Why there is nothing to report.
enum BenchError: Error, CustomStringConvertible {
    case usage(String)
    /// dlopen(3) or dlsym(3) refused, with its words.
    case noImage(path: String, reason: String)
    case noThread(errno: Int32)
    /// The compiler of the sample plugins could not be run, or did not like them.
    case noSample(reason: String)
    /// What was measured did not do what it should.
    case wrong(String)

    var code: String {
        switch self {
        case .usage: "bench.usage"
        case .noImage: "bench.image"
        case .noThread: "bench.thread"
        case .noSample: "bench.sample"
        case .wrong: "bench.wrong"
        }
    }

    /// 2: the command line; 1: anything else.
    var exitCode: Int32 {
        if case .usage = self { 2 } else { 1 }
    }

    var description: String {
        switch self {
        case .usage(let sentence): "\(sentence); \(Arguments.usage)"
        case .noImage(let path, let reason):
            "\(path) cannot be used: \(reason); scripts/build-plugins --only adder builds the one that is called"
        case .noThread(let errno): "a thread could not be started (errno \(errno))"
        case .noSample(let reason):
            "the sample plugins could not be built: \(reason); a C compiler is needed as cc, and the folder of "
                + "switchboard.h as --include"
        case .wrong(let sentence): sentence
        }
    }
}
