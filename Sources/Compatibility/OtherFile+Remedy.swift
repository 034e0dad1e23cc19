package import ELFReader

// What somebody does who named a file that is no plugin.

extension OtherFile {
    /// An imperative.
    package var remedy: String {
        switch self {
        case .empty, .cutShort: "build the file again, or copy it again: it was cut short"
        case .archive:
            "link its object files, compiled with -fPIC: clang -shared -Wl,--whole-archive … -Wl,--no-whole-archive -o plugin.so"
        case .bitcode: "link it with clang -shared -flto, compiled with -fPIC, and name the file that comes of it"
        case .linkerScript(let library?): "name the library itself, \(library)"
        case .packed: "unpack it, and name the .so that was in it"
        case .foreign: "build the plugin for Linux"
        case .linkerScript(nil), .script: "name the .so itself"
        case .text: "name the .so itself; if it was downloaded, see what came in its place"
        case .unknown: "build the file again, or copy it again if it was damaged"
        }
    }
}

extension ELFKind {
    /// An imperative; empty for a shared object.
    var remedy: String {
        switch self {
        case .sharedObject: ""
        case .executable, .positionIndependentExecutable:
            "link the plugin with -shared; if this is meant to be a program, name the plugin's own file"
        case .object: "link it with -shared, compiled with -fPIC, and name the file that comes of it"
        case .core: "name the plugin's own file: this one is the memory of a process that ended"
        case .debugFile: "name the file that it was taken from, and leave this one to debuggers"
        case .other: "link the plugin with -shared"
        }
    }
}

extension ELFKind: CustomStringConvertible {
    /// A noun with an article, "an object file".
    package var description: String {
        switch self {
        case .sharedObject: "a shared object"
        case .positionIndependentExecutable: "a position-independent executable"
        case .executable: "an executable"
        case .object: "an object file"
        case .core: "a core dump"
        case .debugFile: "a separate debug file, without code and data"
        case .other(let type): "of ELF type \(type)"
        }
    }
}
