/// The sections of Swift metadata that tell names: where they lie, and how they are read.
///
/// Layouts: swift/ABI/Metadata.h (context descriptors), swift/RemoteInspection/Records.h (BuiltinTypeDescriptor). What
/// leaves the image or makes no sense is passed over: neither dlopen nor the runtime follows it before it is used.
struct SwiftSections {
    /// Where `swift5_type_metadata` and its like lie in memory: relative pointers to context descriptors.
    var types: [Range<UInt64>] = []
    /// Where `swift5_builtin` lies: 20 bytes per imported C type.
    var structs: [Range<UInt64>] = []

    var isEmpty: Bool { types.isEmpty && structs.isEmpty }

    /// Bytes of a BuiltinTypeDescriptor: name, size, alignment and flags, stride, extra inhabitants.
    private static let structSize = 20

    /// Takes a section by its name; others are none of ours.
    mutating func add(_ name: String, address: UInt64, size: UInt64) {
        let (end, isOver) = address.addingReportingOverflow(size)
        if isOver { return }
        switch name {
        case "swift5_type_metadata", "swift5_type_metadata_2": types.append(address..<end)
        case "swift5_builtin": structs.append(address..<end)
        default: break
        }
    }

    /// Reads all records, within `ELFLimits`.
    func read(_ bytes: RawSpan, _ map: LoadMap) -> SwiftFacts {
        var contexts = SwiftContexts()
        var facts = SwiftFacts()
        var left = ELFLimits.swiftRecords
        for section in types {
            for record in records(section, size: 4, &left, bytes, map) {
                let pointer = bytes.u32(record.offset)
                // The lowest bits say how it is meant: 0 is the descriptor itself, others an indirection.
                guard pointer & 3 == 0, let module = contexts.module(of: record.address.moved(by: pointer), bytes, map)
                else { continue }
                if !SwiftContexts.isImported(module) { facts.modules.insert(module) }
            }
        }
        for section in structs {
            for record in records(section, size: Self.structSize, &left, bytes, map) {
                let name = record.address.moved(by: bytes.u32(record.offset))
                guard let name = contexts.importedName(name, bytes, map), facts.structs[name] == nil else { continue }
                facts.structs[name] = .init(
                    size: Int(bytes.u32(record.offset + 4)), alignment: Int(bytes.u32(record.offset + 8) & 0xffff),
                    stride: Int(bytes.u32(record.offset + 12)))
            }
        }
        return facts
    }

    /// The whole records of a section as far as the limit goes; none where it does not lie in the file.
    private func records(
        _ section: Range<UInt64>, size: Int, _ left: inout Int, _ bytes: RawSpan, _ map: LoadMap
    ) -> [(address: UInt64, offset: Int)] {
        guard let range = map.fileRange(section.lowerBound, section.upperBound - section.lowerBound) else { return [] }
        let count = min(range.count / size, left)
        left -= count
        return (0..<count).map { (section.lowerBound + UInt64($0 * size), range.lowerBound + $0 * size) }
    }
}

/// Follows context descriptors to the names that they stand under.
private struct SwiftContexts {
    /// Kinds of a context descriptor: the low 5 bits of its flags.
    private enum Kind {
        static let module: UInt32 = 0
        static let firstType: UInt32 = 16
    }

    /// The module of each context that was asked for, "" for none: thousands of types share one.
    private var known: [UInt64: String] = [:]
    /// How many bytes of names may still be read.
    private var budget = ELFLimits.swiftTextBytes

    /// Whether a module stands for what comes from C: "__C", "__C_Synthesized".
    static func isImported(_ module: String) -> Bool { module.hasPrefix("__C") }

    /// The name of the module that the context at `address` lies in.
    mutating func module(of address: UInt64, _ bytes: RawSpan, _ map: LoadMap) -> String? {
        var address = address
        for _ in 0..<ELFLimits.swiftNesting {
            guard let descriptor = map.fileRange(address, 12)?.lowerBound else { return nil }
            if bytes.u32(descriptor) & 0x1f == Kind.module { return name(ofModule: address, descriptor, bytes, map) }
            let parent = bytes.u32(descriptor + 4)
            // None, or a pointer to a pointer, which only the dynamic linker can follow.
            guard parent != 0, parent & 1 == 0 else { return nil }
            address = (address &+ 4).moved(by: parent)
        }
        return nil
    }

    private mutating func name(
        ofModule address: UInt64, _ descriptor: Int, _ bytes: RawSpan, _ map: LoadMap
    ) -> String? {
        if let name = known[address] { return name.isEmpty ? nil : name }
        let name = text(at: (address &+ 8).moved(by: bytes.u32(descriptor + 8)), bytes, map) ?? ""
        known[address] = name
        return name.isEmpty ? nil : name
    }

    /// The C name that a mangled name at `address` means: a reference to a descriptor, or text like `So6ConfigV`.
    mutating func importedName(_ address: UInt64, _ bytes: RawSpan, _ map: LoadMap) -> String? {
        guard let start = map.fileRange(address, 1)?.lowerBound else { return nil }
        guard bytes.u8(start) == 1 else { return text(at: address, bytes, map).flatMap(Self.demangled) }
        // One byte, a relative pointer, and nothing behind it: a type with arguments would go on.
        guard let reference = map.fileRange(address, 6)?.lowerBound, bytes.u8(reference + 5) == 0 else { return nil }
        let context = (address &+ 1).moved(by: bytes.u32(reference + 1))
        guard let descriptor = map.fileRange(context, 12)?.lowerBound, bytes.u32(descriptor) & 0x1f >= Kind.firstType,
            let module = module(of: context, bytes, map), Self.isImported(module)
        else { return nil }
        let nameAddress = (context &+ 8).moved(by: bytes.u32(descriptor + 8))
        guard let name = text(at: nameAddress, bytes, map), !name.isEmpty else { return nil }
        // TypeContextDescriptorFlags: bit 2 of the upper half says that more texts follow the name.
        guard bytes.u32(descriptor) & 1 << 18 != 0 else { return name }
        return identity(name, after: nameAddress &+ UInt64(name.utf8.count) &+ 1, bytes, map)
    }

    /// The name that the runtime compares: C's own where Swift has another, with its kind of name and its relation.
    private mutating func identity(
        _ name: String, after address: UInt64, _ bytes: RawSpan, _ map: LoadMap
    ) -> String? {
        var (name, address, kind, relation) = (name, address, "", "")
        for _ in 0..<4 {
            guard let part = text(at: address, bytes, map) else { return nil }
            guard let label = part.utf8.first else { break }
            let value = String(part.dropFirst())
            switch label {
            case UInt8(ascii: "N"): name = value
            case UInt8(ascii: "S"): kind = value == "t" ? "typedef " : "\(value) "
            case UInt8(ascii: "R"): relation = " (\(value))"
            default: return nil
            }
            address = address &+ UInt64(part.utf8.count) &+ 1
        }
        return kind + name + relation
    }

    /// The C name in `So6ConfigV` (a tag) or `So6Configa` (a typedef).
    private static func demangled(_ mangled: String) -> String? {
        guard mangled.hasPrefix("So"), let kind = mangled.utf8.last else { return nil }
        let digits = mangled.dropFirst(2).prefix { $0.isASCII && $0.isNumber }
        let name = mangled.dropFirst(2 + digits.count).dropLast()
        guard let length = Int(digits), name.utf8.count == length, length > 0 else { return nil }
        switch kind {
        case UInt8(ascii: "V"), UInt8(ascii: "O"): return String(name)
        case UInt8(ascii: "a"): return "typedef \(name)"
        default: return nil
        }
    }

    private mutating func text(at address: UInt64, _ bytes: RawSpan, _ map: LoadMap) -> String? {
        let longest = min(map.fileBytes(from: address), UInt64(min(ELFLimits.swiftNameBytes, budget)))
        guard longest > 0, let range = map.fileRange(address, longest) else { return nil }
        let text = bytes.terminated(range)
        budget -= text?.count ?? range.count
        return text.map { bytes.text($0) }
    }
}

extension UInt64 {
    /// The address that a relative pointer at this one means.
    fileprivate func moved(by pointer: UInt32) -> UInt64 {
        self &+ UInt64(bitPattern: Int64(Int32(bitPattern: pointer)))
    }
}
