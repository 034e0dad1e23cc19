import Glibc

// manifest-tool MANIFEST SWIFT-FILE
//
// Runs at build time on behalf of ManifestPlugin: reads an author's plugin.manifest, checks it, and writes the Swift
// file whose one constant becomes the ELF note. Complaints go to stderr in the compiler's own form,
// `plugin.manifest:3: error: …`, and exit 1 fails the build; exit 2 is a wrong command line.

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    File.writeToStandardError("usage: manifest-tool MANIFEST SWIFT-FILE\n")
    exit(2)
}
let (manifestPath, sourcePath) = (arguments[1], arguments[2])

do {
    let authorText = try File.read(manifestPath, limit: ManifestText.limit)
    let manifest = try ManifestText(authorText: authorText)
    try File.write(NoteSource(descriptor: manifest.bytes).text, to: sourcePath)
} catch let complaint as ManifestText.Complaint {
    File.writeToStandardError("\(manifestPath):\(complaint.line): error: \(complaint.sentence)\n")
    exit(1)
} catch {
    File.writeToStandardError("error: \(error)\n")
    exit(1)
}
