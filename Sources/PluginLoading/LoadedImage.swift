package import Compatibility
import Glibc
import LinuxSystem

/// An approved image in this process: every export resolved once, to an address inside it.
///
/// Open and close on the loader thread only. Whoever holds an address from here must be gone before `close`.
package final class LoadedImage: @unchecked Sendable {
    // SAFETY: of @unchecked: `library` is touched on the loader thread only; everything else is constant.
    /// The private copy, kept as long as this object.
    package let staged: StagedImage
    /// What the manifest says.
    package let manifest: PluginManifest
    /// Names the bytes.
    package let id: ImageID
    /// Whether it may be unmapped.
    package let unloadClass: UnloadClass
    /// The reasons for the class, each a clause.
    package let unloadReasons: [String]
    /// The image's memory.
    package let addresses: Range<UInt>
    /// How many mappings the image takes at most: one per PT_LOAD, a part of one that is made read-only after relocation,
    /// and the zeroed pages behind one.
    package let mappings: Int
    /// The declared exports' addresses by symbol.
    package let exports: [String: UInt]
    /// The addresses of the lifecycle functions that the image defines, by symbol.
    package let lifecycle: [String: UInt]
    private var library: DynamicLibrary?

    /// Opens the staged image that the approval names, and proves that the dynamic linker mapped it afresh.
    ///
    /// Constructors run inside. On a failure after that the image is closed again, unless its class forbids it.
    ///
    /// - Parameter lifecycle: which of `PluginManifest.lifecycleSymbols` the judged file defines.
    package init(
        opening staged: StagedImage, _ approval: consuming LoadApproval, lifecycle names: [String]
    ) throws(LoadingError) {
        let identityNow: FileIdentity
        do throws(SystemError) {
            identityNow = try staged.identityNow()
            try staged.checkHelpers()
        } catch { throw .system(error) }
        guard approval.identity == staged.identity, approval.identity == identityNow else {
            throw .approvedAnotherImage(path: staged.path)
        }
        manifest = approval.manifest
        id = approval.image
        unloadClass = approval.unloadClass
        unloadReasons = approval.unloadReasons
        self.staged = staged
        if unloadClass == .resident {
            ProcessSwift.shared.name(staged.path, .init(name: "\(manifest.name) \(manifest.version)", image: id))
        }
        let addedBefore = LoadedObjects.addedCount
        staged.beginOpening()
        let library: DynamicLibrary
        do throws(LoadingError) {
            library = try DynamicLibrary(opening: staged.path, isResident: approval.unloadClass == .resident)
        } catch {
            Self.letGo(of: staged)
            throw error
        }
        do throws(LoadingError) {
            let object = try Self.proveNovelty(of: staged.path, since: addedBefore)
            addresses = object.addresses
            mappings = object.segments + 2
            exports = try Self.resolve(approval.manifest.exports.map(\.symbol), in: library, object)
            lifecycle = try Self.resolve(names, in: library, object)
        } catch {
            library.close()
            Self.letGo(of: staged)
            throw error
        }
        self.library = consume library
    }

    /// What became of an image that was closed.
    package enum Proof: Sendable, Equatable {
        /// Neither RTLD_NOLOAD nor dl_iterate_phdr(3) know it any more.
        case unmapped
        /// It is still there, and why.
        case resident(reason: String)
    }

    /// Closes the image as far as its class allows, and says what is true afterwards.
    ///
    /// One that may be unmapped only on its author's word stays open while a thread's stack leads into it, or cannot be
    /// looked at; closing it again looks again.
    package func close() -> Proof {
        if unloadClass == .resident {
            return .resident(reason: "unmapping is not safe: the image " + unloadReasons.joined(separator: "; it "))
        }
        if library != nil, let reason = threadsInside() { return .resident(reason: reason) }
        if let library = library.take() { library.close() }
        guard UnmapProof.isUnmapped(staged.path) else {
            return .resident(
                reason: unloadClass == .deferred
                    ? "a thread's destructors are pending; the dynamic linker frees it at a later unload"
                    : "the dynamic linker keeps it: another image needs it, or a thread's destructors are pending")
        }
        staged.remove()
        return .unmapped
    }

    /// Lets the name of an image go that was not kept, unless the dynamic linker did.
    private static func letGo(of staged: StagedImage) {
        if UnmapProof.isUnmapped(staged.path) { staged.remove() }
    }

    /// Which threads keep the author's word from being taken, a clause; `nil` where none does, or no word was given.
    private func threadsInside() -> String? {
        guard manifest.vouchesForUnload else { return nil }
        switch StackScan.look(for: addresses) {
        case .clear: return nil
        case .inUse(let threads):
            return "its author vouches for unload = clean, but its code is on the stack of \(Self.list(threads)); "
                + "a later unload looks again"
        case .undecided(let threads):
            return "its author vouches for unload = clean, but nobody can tell whether it is on the stack of "
                + "\(Self.list(threads)); a later unload looks again"
        }
    }

    private static func list(_ threads: [ThreadStatus]) -> String {
        threads.isEmpty ? "any thread" : threads.prefix(8).map(\.description).joined(separator: ", ")
    }

    /// The object of that very name, if the dynamic linker added one: it answers with an old image where it can.
    static func proveNovelty(
        of path: String, since addedBefore: UInt64
    ) throws(LoadingError) -> LoadedObjects.Entry {
        guard LoadedObjects.addedCount > addedBefore else {
            throw .notNovel(path: path, detail: "no object was added")
        }
        guard let object = LoadedObjects.named(path) else {
            throw .notNovel(path: path, detail: "no object has that name")
        }
        return object
    }

    /// The addresses of symbols, each inside the image.
    static func resolve(
        _ symbols: [String], in library: borrowing DynamicLibrary, _ object: LoadedObjects.Entry
    ) throws(LoadingError) -> [String: UInt] {
        var addresses: [String: UInt] = [:]
        for symbol in symbols {
            guard let address = library.address(of: symbol) else {
                throw .unresolved(symbol: symbol, detail: "the image does not define it")
            }
            // dlsym also searches what the image needs: a function of libc's must not pass for the plugin's.
            guard object.addresses.contains(address) else {
                throw .unresolved(symbol: symbol, detail: "the address lies outside the image")
            }
            addresses[symbol] = address
        }
        return addresses
    }
}
