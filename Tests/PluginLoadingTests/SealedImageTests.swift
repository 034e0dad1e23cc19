import CLinuxShims
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import PluginLoading

/// Copies in memory that nobody can change.
@Suite struct SealedImageTests {
    @Test func copyIsSealedMemoryUnderThisProcessesName() throws {
        let folder = try TemporaryFolder()
        let source = try folder.write([1, 2, 3], to: "some plugin.so", mode: 0o640)
        let staged = try StagedImage(sealing: source, named: "sums")
        #expect(staged.protection == .sealed)
        #expect(staged.path.hasPrefix("/proc/\(getpid())/fd/"))
        #expect(staged.source == source && staged.sourcePermissions == 0o640)
        #expect(try readFile(staged.path) == [1, 2, 3])
        let label = try readLink(staged.path)
        #expect(label == "/memfd:switchboard:sums:some_plugin.so (deleted)")
    }

    @Test func nobodyCanChangeIt() throws {
        let folder = try TemporaryFolder()
        let staged = try StagedImage(sealing: folder.write([1, 2, 3], to: "plugin.so"))
        let number = try #require(Int32(staged.path.split(separator: "/").last ?? ""))
        var byte: UInt8 = 9
        #expect(pwrite(number, &byte, 1, 0) == -1 && errno == EPERM)
        #expect(ftruncate(number, 0) == -1 && errno == EPERM)
        #expect(ftruncate(number, 4096) == -1 && errno == EPERM)
        #expect(mmap(nil, 3, PROT_READ | PROT_WRITE, MAP_SHARED, number, 0) == MAP_FAILED && errno == EPERM)
        // Root opens it for writing, and can do no more with it then.
        let writable = open(staged.path, O_RDWR | O_CLOEXEC)
        if writable >= 0 {
            #expect(pwrite(writable, &byte, 1, 0) == -1 && errno == EPERM)
            close(writable)
        }
        #expect(try readFile(staged.path) == [1, 2, 3])
        #expect(try staged.identityNow() == staged.identity)
    }

    @Test(arguments: ["folder", "absent", "pipe", "huge"])
    func refusesWhatACopyRefuses(_ what: String) throws {
        let folder = try TemporaryFolder()
        let source: String
        let code: String
        switch what {
        case "folder": (source, code) = (folder.path, "load.not-a-file")
        case "absent": (source, code) = (folder.file("absent"), "load.unreadable")
        case "pipe":
            (source, code) = (folder.file("pipe"), "load.not-a-file")
            #expect(mkfifo(source, 0o600) == 0)
        default:
            (source, code) = (try folder.write([], to: "huge.so"), "load.unread")
            #expect(truncate(source, Int(MappedFile.sizeLimit) + 1) == 0)
        }
        let error = #expect(throws: LoadingError.self) { _ = try StagedImage(sealing: source) }
        #expect(error?.code == code)
    }

    /// What no key can have signed is not worth 64 MiB of memory.
    @Test func looksForTheSignatureBeforeItCopies() throws {
        let folder = try TemporaryFolder()
        let source = try folder.write([], to: "large.so")
        #expect(truncate(source, (64 << 20) + 1) == 0)
        let verifier = SignatureVerifier(.init(mode: .require))
        let error = #expect(throws: LoadingError.self) {
            _ = try StagedImage(sealing: source, verifying: verifier)
        }
        guard case .unread(let file) = error else { Issue.record("\(String(describing: error))"); return }
        #expect(file.reason == .unsigned(limit: 64 << 20) && file.facts.path == source)
        #expect(file.identity.size == (64 << 20) + 1)
    }

    @Test func descriptorGoesWithTheLastOwnerUnlessTheLinkerMayKnowTheName() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let source = try folder.write([1], to: "plugin.so")
            var staged: StagedImage? = try StagedImage(sealing: source)
            let first = try #require(staged?.path)
            staged = nil
            #expect(access(first, F_OK) != 0)
            staged = try StagedImage(sealing: source)
            #expect(staged?.path == first, "a number that nobody uses comes again")
            staged?.beginOpening()
            staged = nil
            #expect(access(first, F_OK) == 0)
            let next = try StagedImage(sealing: source)
            #expect(next.path != first)
            next.beginOpening()
            next.remove()
        }
    }

    /// The number leads to another file: neither the approval nor the dynamic linker takes it for the staged one.
    @Test func anotherFileUnderTheNameIsNoticed() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let source = try folder.write([1, 2, 3], to: "plugin.so")
            let staged = try StagedImage(sealing: source)
            let other = try StagedImage(sealing: source)
            let numbers = [staged, other].compactMap { Int32($0.path.split(separator: "/").last ?? "") }
            #expect(dup2(numbers[1], numbers[0]) == numbers[0])
            #expect(try staged.identityNow() != staged.identity)
            let plain = open(source, O_RDONLY | O_CLOEXEC)
            #expect(dup2(plain, numbers[0]) == numbers[0])
            let error = #expect(throws: SystemError.self) { _ = try staged.identityNow() }
            #expect(error?.code == EPERM)
        }
    }

    private func readLink(_ path: String) throws -> String {
        var buffer = [CChar](repeating: 0, count: 4097)
        let count = readlink(path, &buffer, 4096)
        try #require(count > 0)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
