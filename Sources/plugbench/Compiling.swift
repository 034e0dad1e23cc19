internal import Glibc

/// Runs a compiler and waits for its end.
///
/// What it has to say goes to standard error.
///
/// - Throws: `BenchError.noSample` where it cannot be run or fails.
func compile(_ words: [String]) throws(BenchError) {
    // SAFETY: copies of the words, freed below; the array ends with a null pointer as posix_spawn(3) wants it.
    let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var child: pid_t = 0
    let error = unsafe posix_spawnp(&child, words[0], nil, nil, arguments, environ)
    guard error == 0 else { throw .noSample(reason: "\(words[0]) cannot be run (errno \(error))") }
    var status: CInt = 0
    // SAFETY: writes one number, which is here.
    while unsafe waitpid(child, &status, 0) < 0 && errno == EINTR {}
    guard status == 0 else { throw .noSample(reason: "\(words[0]) failed (wait status \(status))") }
}
