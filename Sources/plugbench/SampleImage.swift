internal import Glibc
internal import LinuxSystem

/// A built `SampleSource`, and as many plugins made of it as are wanted.
struct SampleImage {
    /// Absolute path of the file as it was built.
    let path: String
    private let folder: ProcessFolder
    private let bytes: [UInt8]
    private let names: [Int]
    private let versions: [Int]

    /// Compiles the source with `cc` into `folder`, which is kept as long as this.
    ///
    /// - Parameter label: names the file, once in a folder.
    init(_ source: SampleSource, as label: String, in folder: ProcessFolder, include: String) throws {
        let text = "\(folder.path)/\(label).c"
        path = "\(folder.path)/\(label).so"
        self.folder = folder
        try Self.write(Array(source.text.utf8), to: text)
        try compile([
            "cc", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-I", include, source.linkerOption, text, "-o",
            path,
        ])
        let file = try FileDescriptor(opening: path, O_RDONLY)
        bytes = try file.read(Int(try file.status(of: path).st_size), at: 0, from: path)
        names = Self.positions(of: SampleSource.name, in: bytes)
        versions = Self.positions(of: SampleSource.version, in: bytes)
        guard !names.isEmpty, !versions.isEmpty else {
            throw BenchError.noSample(reason: "\(path) does not hold the manifest that it was built with")
        }
    }

    /// The plugin's name with this number.
    static func name(_ number: Int) -> String { String(SampleSource.name.dropLast(4)) + digits(number) }

    /// The version with this number, from 1.0.1000.
    static func version(_ number: Int) -> String { String(SampleSource.version.dropLast(4)) + digits(1000 + number) }

    /// Writes a plugin with another name and version, and so with another image, 0...8999 each; its path.
    func copy(name: Int, version: Int = 0) throws -> String {
        var copy = bytes
        for position in names { copy.replaceSubrange(position..., with: Self.name(name)) }
        for position in versions { copy.replaceSubrange(position..., with: Self.version(version)) }
        let path = "\(folder.path)/\(Self.name(name))-\(Self.version(version)).so"
        try Self.write(copy, to: path)
        return path
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_TRUNC).write(bytes, to: path)
    }

    private static func digits(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func positions(of text: String, in bytes: [UInt8]) -> [Int] {
        let wanted = Array(text.utf8)
        return bytes.indices.dropLast(wanted.count - 1).filter {
            bytes[$0] == wanted[0] && bytes[$0...].starts(with: wanted)
        }
    }
}

extension [UInt8] {
    /// Overwrites bytes from a position on with those of a text.
    fileprivate mutating func replaceSubrange(_ range: PartialRangeFrom<Int>, with text: String) {
        for (offset, byte) in text.utf8.enumerated() { self[range.lowerBound + offset] = byte }
    }
}
