/// A request as clang takes it.
extension HeaderRequest {
    /// By the standard where one is named, else by the file's name.
    var isCPlusPlus: Bool {
        if let standard { return standard.hasPrefix("c++") || standard.hasPrefix("gnu++") }
        return [".hpp", ".hh", ".hxx"].contains { path.hasSuffix($0) }
    }

    /// The path as it was given, but never taken for an option.
    var plainPath: String { path.hasPrefix("-") ? "./" + path : path }

    /// The options of every run.
    var options: [String] {
        var options = ["-fno-color-diagnostics", "-std=\(standard ?? (isCPlusPlus ? "gnu++17" : "gnu17"))"]
        if let target { options.append("--target=\(target)") }
        for folder in includeFolders { options += ["-I", folder] }
        return options + definitions.map { "-D\($0)" }
    }
}
