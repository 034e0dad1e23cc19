import Contract

/// Alignments that typedefs promise: `typedef float lanes[4] __attribute__((aligned(16)));`.
extension HeaderSyntax {
    /// What a typedef makes of a type: another alignment, where it promises one that the type has not by itself.
    func aligned(_ type: CType.Qualified, by typedef: SyntaxNode) -> CType.Qualified {
        guard let promised = typedef.promisedAlignment else { return type }
        guard promised != alignment(of: type.type) else { return type.withoutAlignment }
        var promise = CType.Qualified(.void)
        promise.alignment = promised
        return type.qualified(as: promise)
    }

    /// A type's own alignment on LP64; `nil` where nobody says.
    private func alignment(of type: CType) -> UInt64? {
        switch type {
        case .void, .function: nil
        case .bool: 1
        case .integer(let integer): UInt64(integer.bits / 8)
        case .floating(.half): 2
        case .floating(.float): 4
        case .floating(.double), .pointer: 8
        case .floating(.longDouble), .floating(.quad): 16
        case .array(let element, _): alignment(of: element.type)
        case .inline(let record): record.alignment
        case .record(let name): tags[name].flatMap { layouts[$0.layoutKey]?.alignment }
        case .enumeration(let name):
            if let node = tags[name]?.definition, case .success(let enumeration) = enumeration(node) {
                UInt64(enumeration.storage.bits / 8)
            } else {
                nil
            }
        }
    }
}

extension SyntaxNode {
    /// What the attributes of a typedef promise, in bytes; `nil` where they say nothing.
    var promisedAlignment: UInt64? {
        inner.filter { $0.kind == "AlignedAttr" }.map { attribute in
            // Without a number it is the largest that the target has a use for: 16 where we are LP64.
            attribute.constant.flatMap { UInt64(exactly: $0) } ?? 16
        }.max()
    }
}

extension CType.Qualified {
    /// Without what a typedef promised: of a member it shows by the offsets.
    var withoutAlignment: Self {
        var type = self
        type.alignment = nil
        if case .array(let element, let count) = self.type {
            type.type = .array(of: element.withoutAlignment, count: count)
        }
        return type
    }
}
