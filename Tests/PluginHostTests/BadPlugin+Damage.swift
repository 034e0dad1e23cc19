import TestSupport

extension BadPlugin {
    /// One damage each of a sound plugin that has every table: a seed of the fuzzer, checked in so that the numbers in the
    /// texts are the same everywhere (`Tests/Fuzz/Seeds/ELF/make`).
    static let damaged: [BadPlugin] = [
        // The file as a whole.
        damage("empty_file") { $0 = [] },
        damage("text_file") { $0 = Array("#!/bin/sh\nexit 0\n".utf8) },
        damage("cut_in_the_header") { $0 = Array($0.prefix(40)) },
        damage("cut_after_the_header") { $0 = Array($0.prefix(64)) },
        damage("cut_in_half") { $0 = Array($0.prefix($0.count / 2)) },
        damage("cut_by_one_byte") { $0.removeLast() },
        // The ELF header.
        damage("class_32_bit") { $0[4] = 1 },
        damage("class_unknown") { $0[4] = 7 },
        damage("big_endian") { $0[5] = 2 },
        damage("header_version") { $0[6] = 2 },
        damage("os_of_freebsd") { $0[7] = 9 },
        damage("object_file") { $0[16] = 1 },
        damage("core_dump") { $0[16] = 4 },
        damage("type_unknown") { $0[16] = 9 },
        damage("machine_aarch64") { $0.store(183, size: 2, at: 18) },
        damage("machine_i386") { $0.store(3, size: 2, at: 18) },
        damage("machine_unknown") { $0.store(9999, size: 2, at: 18) },
        damage("header_size") { $0.store(52, size: 2, at: 52) },
        // The program header table.
        damage("program_headers_absent") { $0.store(0, size: 2, at: 56) },
        damage("program_headers_of_32_bit") { $0.store(32, size: 2, at: 54) },
        damage("program_headers_too_many") { $0.store(0xffff, size: 2, at: 56) },
        damage("program_headers_beyond_the_file") { $0.store(.max, size: 8, at: 32) },
        damage("program_headers_unaligned") { $0.store(65, size: 8, at: 32) },
        // What is loaded.
        damage("segment_beyond_the_file") { try $0.store(1 << 40, in: .offset, ofType: load, last: true) },
        damage("segment_size_overflows") { try $0.store(.max, in: .fileSize, ofType: load, last: true) },
        damage("segment_not_congruent") { try $0.store(0x10_0001, in: .address, ofType: load, last: true) },
        damage("segment_beyond_the_addresses") { try $0.store(.max - 0xfff, in: .address, ofType: load, last: true) },
        damage("segment_smaller_in_memory") { try $0.store(1, in: .memorySize, ofType: load, last: true) },
        damage("segment_alignment_odd") { try $0.store(12288, in: .alignment, ofType: load, last: true) },
        damage("segment_alignment_below_a_page") { try $0.store(64, in: .alignment, ofType: load, last: true) },
        damage("segments_overlap") { try $0.store(0xdf4, in: .address, ofType: load, last: true) },
        damage("segments_span_too_much") { try $0.store(1 << 33, in: .memorySize, ofType: load, last: true) },
        damage("segment_of_code_writable") { try $0.store(7, in: .flags, ofType: load) },
        damage("segment_of_code_not_executable") { try $0.store(4, in: .flags, ofType: load) },
        damage("segment_of_data_read_only") { try $0.store(4, in: .flags, ofType: load, last: true) },
        // What describes parts of it.
        damage("stack_not_stated") { try $0.store(0, in: .type, ofType: stack) },
        damage("stack_twice") { try $0.store(UInt64(stack), in: .type, ofType: note) },
        damage("note_beyond_the_file") { try $0.store(1 << 20, in: .offset, ofType: note) },
        damage("note_longer_than_its_segment") { try $0.store(8, in: .fileSize, ofType: note) },
        damage("threads_smaller_in_memory") { try $0.store(1, in: .memorySize, ofType: threads) },
        damage("threads_take_too_much") { try $0.store(1 << 29, in: .memorySize, ofType: threads) },
        damage("threads_alignment_odd") { try $0.store(24, in: .alignment, ofType: threads) },
        damage("threads_not_loaded") { try $0.store(0x9000, in: .address, ofType: threads) },
        damage("read_only_part_is_code") { try $0.store(0x100, in: .address, ofType: readOnly) },
        damage("read_only_part_too_long") { try $0.store(0x10_0000, in: .memorySize, ofType: readOnly) },
        // The dynamic section.
        damage("dynamic_section_absent") { try $0.store(0, in: .type, ofType: dynamic) },
        damage("dynamic_section_not_loaded") { try $0.store(0x9000, in: .address, ofType: dynamic) },
        damage("dynamic_section_read_only") { try $0.store(0x200, in: .address, ofType: dynamic) },
        damage("dynamic_section_without_end") { try $0.store(0x10, in: .fileSize, ofType: dynamic) },
        damage("dynamic_entry_twice") { try $0.replaceDynamicTag(0x6fff_fff9, with: 14) },
        damage("strings_absent") { try $0.replaceDynamicTag(5, with: 0x6000_0000) },
        damage("strings_not_loaded") { try $0.store(.max, ofDynamicTag: 5) },
        damage("strings_without_end") { try $0.store(40, ofDynamicTag: 10) },
        damage("needed_name_beyond_the_strings") { try $0.store(1 << 20, ofDynamicTag: 1) },
        damage("needed_library_absent") { try $0.replace("libc.so.6\0", with: "libc.so.9\0") },
        // Symbols and how they are found.
        damage("hash_tables_absent") {
            try $0.replaceDynamicTag(4, with: 0x6000_0000)
            try $0.replaceDynamicTag(0x6fff_fef5, with: 0x6000_0001)
        },
        damage("hash_not_loaded") { try $0.store(1 << 40, ofDynamicTag: 4) },
        damage("hash_chain_bites_its_tail") {
            let table = Int(try $0.dynamicValue(4))  // in the first segment addresses are file offsets
            let buckets = Int($0.load(size: 4, at: table))
            for symbol in 1...3 { $0.store(UInt64(symbol), size: 4, at: table + 8 + 4 * (buckets + symbol)) }
        },
        damage("hash_tables_disagree") { $0.store(2, size: 4, at: Int(try $0.dynamicValue(4)) + 4) },
        damage("gnu_hash_not_loaded") { try $0.store(1 << 40, ofDynamicTag: 0x6fff_fef5) },
        damage("gnu_hash_filter_size") { $0.store(3, size: 4, at: Int(try $0.dynamicValue(0x6fff_fef5)) + 8) },
        damage("gnu_hash_chain_without_end") {
            let table = Int(try $0.dynamicValue(0x6fff_fef5))
            for offset in stride(from: table + 32, to: 0x4e8, by: 4) { $0[offset] &= 0xfe }
        },
        damage("symbols_absent") { try $0.replaceDynamicTag(6, with: 0x6000_0000) },
        damage("symbols_not_loaded") { try $0.store(1 << 33, ofDynamicTag: 6) },
        damage("symbols_of_32_bit") { try $0.store(16, ofDynamicTag: 11) },
        damage("symbol_outside_the_code") {
            $0.store(0x1_0000, size: 8, at: Int(try $0.dynamicValue(6)) + 3 * 24 + 8)
        },
        damage("symbol_name_beyond_the_strings") { $0.store(9999, size: 4, at: Int(try $0.dynamicValue(6)) + 3 * 24) },
        damage("symbol_undefined_and_hidden") { $0[Int(try $0.dynamicValue(6)) + 24 + 5] = 2 },
        damage("symbol_renamed_behind_its_hash") { try $0.replace("answer\0", with: "answea\0") },
        // Relocations.
        damage("relocations_not_loaded") { try $0.store(.max - 7, ofDynamicTag: 7) },
        damage("relocations_size_odd") { try $0.store(121, ofDynamicTag: 8) },
        damage("relocations_of_32_bit") { try $0.store(16, ofDynamicTag: 9) },
        damage("relocations_without_size") { try $0.replaceDynamicTag(8, with: 0x6000_0000) },
        damage("plt_relocation_kind") { try $0.store(17, ofDynamicTag: 20) },
        damage("plt_relocations_not_loaded") { try $0.store(8, ofDynamicTag: 23) },
        damage("relocation_writes_nowhere") { $0.store(0x9_0000, size: 8, at: Int(try $0.dynamicValue(7)) + 3 * 24) },
        damage("relocation_writes_into_the_code") {
            $0.store(0x480, size: 8, at: Int(try $0.dynamicValue(7)) + 3 * 24)
        },
        damage("relocation_of_unknown_kind") { $0.store(99, size: 4, at: Int(try $0.dynamicValue(7)) + 3 * 24 + 8) },
        damage("relocation_of_no_symbol") { $0.store(77, size: 4, at: Int(try $0.dynamicValue(23)) + 12) },
        damage("slot_filled_by_nothing") { $0.store(0, size: 4, at: Int(try $0.dynamicValue(23)) + 8) },
        damage("plt_table_not_loaded") { try $0.store(0x9_0000, ofDynamicTag: 3) },
        // Functions that the linker calls.
        damage("constructor_outside_the_code") { $0.store(0x2000, size: 8, at: Int(try $0.dynamicValue(7)) + 16) },
        damage("constructor_not_filled_in") {
            try $0.store(0, ofDynamicTag: 0x6fff_fff9)  // DT_RELACOUNT: the entry need not be relative
            $0.store(0, size: 4, at: Int(try $0.dynamicValue(7)) + 8)
        },
        damage("relocation_of_nothing") { $0.store(0, size: 4, at: Int(try $0.dynamicValue(7)) + 8) },
        damage("constructors_not_loaded") { try $0.store(0x7ff8, ofDynamicTag: 25) },
        damage("constructors_size_odd") { try $0.store(4, ofDynamicTag: 27) },
        damage("init_function_outside_the_code") {
            try $0.store(0x9_0000, ofDynamicTag: 14)
            try $0.replaceDynamicTag(14, with: 12)
        },
        damage("fini_function_outside_the_code") {
            try $0.store(0x9_0000, ofDynamicTag: 14)
            try $0.replaceDynamicTag(14, with: 13)
        },
        // Versions.
        damage("versions_not_loaded") { try $0.store(.max, ofDynamicTag: 0x6fff_fff0) },
        damage("version_number_too_large") { $0.store(9, size: 2, at: Int(try $0.dynamicValue(0x6fff_fff0)) + 2) },
        damage("version_needs_not_loaded") { try $0.store(1 << 40, ofDynamicTag: 0x6fff_fffe) },
        damage("version_needs_miscounted") { try $0.store(9, ofDynamicTag: 0x6fff_ffff) },
        damage("version_need_of_no_needed_library") { try $0.replaceDynamicTag(1, with: 0x6000_0000) },
        damage("version_name_behind_its_hash") { try $0.replace("GLIBC_2.2.5", with: "GLIBC_2.2.4") },
        // The section table.
        damage("sections_beyond_the_file") { $0.store(1 << 30, size: 8, at: 40) },
        damage("section_contradicts_the_dynamic_section") { bytes in
            let sections = Int(bytes.load(at: 40))
            bytes.store(0x300, size: 8, at: sections + 64 * 9 + 16)  // .rela.dyn
        },
    ]

    private static let load: UInt32 = 1
    private static let dynamic: UInt32 = 2
    private static let note: UInt32 = 4
    private static let threads: UInt32 = 7
    private static let stack: UInt32 = 0x6474_e551
    private static let readOnly: UInt32 = 0x6474_e552

    private static func damage(_ name: String, _ edit: @escaping @Sendable (inout [UInt8]) throws -> Void) -> BadPlugin
    {
        BadPlugin(name: name) { folder in
            var bytes = try soundFile()
            try edit(&bytes)
            return try folder.write(bytes, to: "\(name).so")
        }
    }

    /// The seed that all of them damage.
    static func soundFile() throws -> [UInt8] {
        try readFile("\(Fixture.sourceFolder)/../Fuzz/Seeds/ELF/everything.elf")
    }
}
