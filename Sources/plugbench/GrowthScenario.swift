func x() {}
struct GrowthScenario {
    init(_ a: Arguments) {}
    func rows() async throws -> [Row] { [] }
}
