import Compatibility
import Glibc
import LinuxSystem

// manifest-tool MANIFEST SWIFT-FILE
//
// Runs at build time on behalf of ManifestPlugin: reads an author's plugin.manifest, checks it, and writes the Swift
// file whose one constant becomes the ELF note. What it has to say goes to stderr in the compiler's own form,
// `plugin.manifest:3: error: …`; exit 1 fails the build, exit 2 is a wrong command line.

let standardError = FileDescriptor(owning: STDERR_FILENO)

guard CommandLine.arguments.count == 3 else {
    say("usage: manifest-tool MANIFEST SWIFT-FILE")
    exit(2)
}
let (manifestPath, sourcePath) = (CommandLine.arguments[1], CommandLine.arguments[2])

do {
    let file = try MappedFile(copying: FileDescriptor(opening: manifestPath, O_RDONLY), at: manifestPath)
    // SAFETY: the bytes are copied while the file lends them.
    let manifest = try ManifestText(author: file.withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } })
    for line in manifest.unknown {
        say("\(manifestPath):\(line.line): warning: no host of this ABI knows the key '\(line.key)'")
    }
    let source = try FileDescriptor(opening: sourcePath, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
    try source.write(NoteSource(descriptor: manifest.bytes).text.utf8, to: sourcePath)
} catch let complaint as ManifestText.Complaint {
    say("\(manifestPath):\(complaint.line): error: \(complaint.sentence)")
    exit(1)
} catch {
    say("error: \(error)")
    exit(1)
}

func say(_ line: String) {
    // Losing words to a closed stderr is right: the exit code alone decides about the build.
    try? standardError.write((line + "\n").utf8, to: "stderr")
}
