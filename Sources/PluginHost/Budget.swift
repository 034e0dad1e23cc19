/// How much the generations in memory may take, retired ones that stay included.
///
/// Past a warning threshold the host says so once per crossing (`ledger.warning`); what would pass a limit is refused before
/// anything of it is opened (`PluginHostError.overBudget`).
public struct Budget: Sendable, Equatable {
    /// Generations in memory.
    public var generations: Threshold
    /// Bytes of address space of their images.
    public var bytes: Threshold
    /// Their mappings: a process may have vm.max_map_count of them, 65,530 by default.
    public var mappings: Threshold

    /// At what a warning is said, and at what a load is refused.
    public struct Threshold: Sendable, Equatable {
        /// Above it a warning is said.
        public var warning: Int
        /// Above it nothing is loaded.
        public var limit: Int

        /// A warning at one value, a refusal beyond the other.
        public init(warning: Int, limit: Int) {
            self.warning = warning
            self.limit = limit
        }
    }

    /// By default 5,000 generations, 8 GiB and 40,000 mappings, with warnings at a half.
    public init(
        generations: Threshold = .init(warning: 2_500, limit: 5_000),
        bytes: Threshold = .init(warning: 4 << 30, limit: 8 << 30),
        mappings: Threshold = .init(warning: 20_000, limit: 40_000)
    ) {
        self.generations = generations
        self.bytes = bytes
        self.mappings = mappings
    }
}
