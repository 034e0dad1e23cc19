/// The functions that glibc calls at dlopen and dlclose: DT_INIT, DT_FINI and the two arrays.
///
/// The slots of an array hold nothing callable in the file; a relocation fills each. So the arrays are told every
/// relocation first, and judge afterwards.
struct FunctionArrays {
    /// One array's place and which of its slots a relocation fills.
    private struct Slots {
        let name: String
        let addresses: Range<UInt64>
        var isFilled: [Bool]
    }

    private var arrays: [Slots] = []
    /// Whether somebody stopped to tell the relocations before the last.
    var isCutShort = false
    /// How many functions of the image run at either end of its life.
    private(set) var calls = LoadTimeCalls()

    /// Finds the arrays and checks DT_INIT and DT_FINI.
    init(_ tags: DynamicTags, _ bytes: RawSpan, _ map: LoadMap, _ problems: inout ProblemLog) {
        for (name, tag) in [("DT_INIT", DynamicTags.Tag.start), ("DT_FINI", DynamicTags.Tag.finish)] {
            guard let address = tags[tag] else { continue }
            if tag == DynamicTags.Tag.start { calls.starts += 1 } else { calls.ends += 1 }
            if let flaw = map.functionFlaw(address, bytes) {
                problems.add(.functions, name, "is at \(address.hex), \(flaw)")
            }
        }
        for (name, tag, sizeTag) in [
            ("DT_INIT_ARRAY", DynamicTags.Tag.startArray, DynamicTags.Tag.startArraySize),
            ("DT_FINI_ARRAY", DynamicTags.Tag.finishArray, DynamicTags.Tag.finishArraySize),
        ] {
            guard let address = tags[tag] else { continue }
            guard let size = tags[sizeTag] else {
                problems.add(.functions, name, "has no size: \(name)SZ is missing")
                continue
            }
            guard size % 8 == 0, address % 8 == 0, size / 8 <= UInt64(ELFLimits.functionSlots),
                map.fileRange(address, size) != nil
            else {
                problems.add(
                    .functions, name,
                    "has \(size) bytes at address \(address.hex): unaligned, not all loaded from the file, or over "
                        + "\(ELFLimits.functionSlots) slots")
                continue
            }
            guard size > 0 else { continue }
            if tag == DynamicTags.Tag.startArray { calls.starts += Int(size / 8) } else { calls.ends += Int(size / 8) }
            arrays.append(
                Slots(
                    name: name, addresses: address..<(address + size),
                    isFilled: Array(repeating: false, count: Int(size / 8))))
        }
        if let start = tags[DynamicTags.Tag.start], tags[DynamicTags.Tag.finish] != nil, map.isStartFilesFunction(start)
        {
            calls.startFiles = min(calls.starts, 2)
        }
    }

    /// Takes note of a relocation at `address` that stores `function`; `nil` where only the dynamic linker knows.
    mutating func fill(
        _ address: UInt64, with function: UInt64?, _ bytes: RawSpan, _ map: LoadMap, _ problems: inout ProblemLog
    ) {
        for index in arrays.indices where arrays[index].addresses.contains(address) {
            let offset = address - arrays[index].addresses.lowerBound
            if offset % 8 == 0 { arrays[index].isFilled[Int(offset / 8)] = true }
            if let function, let flaw = map.functionFlaw(function, bytes) {
                problems.add(
                    .functions, "\(arrays[index].name) slot \(offset / 8)",
                    "calls \(function.hex), \(flaw)")
            }
        }
    }

    /// Whether one of the arrays has a slot among these addresses.
    func overlaps(_ addresses: Range<UInt64>) -> Bool { arrays.contains { $0.addresses.overlaps(addresses) } }

    /// Reports the slots that no relocation fills: glibc would call what the file holds there, as an absolute address.
    ///
    /// Says nothing where not all relocations are known.
    func checkFilled(_ problems: inout ProblemLog) {
        if isCutShort { return }
        for array in arrays {
            if let slot = array.isFilled.firstIndex(of: false) {
                problems.add(.functions, "\(array.name) slot \(slot)", "is filled by no relocation")
            }
        }
    }
}
