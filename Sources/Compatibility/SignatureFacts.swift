/// What was found out about an image's signatures, before the gates.
package struct SignatureFacts: Sendable, Equatable {
    /// What the policy makes of it.
    package var mode: SignaturePolicy.Mode
    /// The library that verified, "libcrypto.so.3"; `nil` where none was needed or found.
    package var library: String?
    /// The files that need a signature: the image, then a manifest beside it.
    package var files: [SignedFile]
    /// The libraries that dlopen of the image maps with it; `nil` where nobody looked.
    package var libraries: [LibraryPlace]?

    /// One library and whose hands its place is in.
    package struct LibraryPlace: Sendable, Equatable {
        /// As DT_NEEDED names it.
        package var name: String
        /// Where the dynamic linker finds it.
        package var path: String
        /// Who else could change or replace it, a clause: "/opt/lib can be written to by every user (mode 0777)"; `nil`
        /// where nobody but root and the host's user can.
        package var fault: String?

        package init(name: String, path: String, fault: String?) {
            self.name = name
            self.path = path
            self.fault = fault
        }
    }

    /// One file and its signature.
    package struct SignedFile: Sendable, Equatable {
        /// The operator's file; its signature lies at `signaturePath`.
        package var path: String
        /// How far the verification came.
        package var outcome: Outcome

        package init(path: String, outcome: Outcome) {
            self.path = path
            self.outcome = outcome
        }

        /// Where a file's signature lies.
        package static func signaturePath(of path: String) -> String { path + ".minisig" }
    }

    /// How far a verification came: the first thing that is wrong, in this order.
    package enum Outcome: Sendable, Equatable {
        /// No signature lies beside the file.
        case missing
        /// What lies there is none; a clause about it.
        case malformed(String)
        /// The host's keys are not to be trusted, a clause; and what to do.
        case keysUnusable(String, remedy: String)
        /// No key of the host's has this id.
        case unknownKey(String, known: [String])
        /// No library to verify with; what was tried, a clause each.
        case noLibrary([String])
        /// The key did not sign these bytes.
        case otherContent(key: String)
        /// The key did not sign this trusted comment.
        case forgedComment(key: String)
        /// The key signed the bytes and the trusted comment.
        case verified(key: String, comment: String)
    }

    package init(
        mode: SignaturePolicy.Mode = .off, library: String? = nil, files: [SignedFile] = [],
        libraries: [LibraryPlace]? = nil
    ) {
        self.mode = mode
        self.library = library
        self.files = files
        self.libraries = libraries
    }
}
