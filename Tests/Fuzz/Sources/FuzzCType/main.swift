import FuzzSupport

@testable import Contract

/// CType: any text gives a type within its limits, which reads back from its own spelling, or an error safe to show.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCType(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    let emptyMeansVoid = (bytes.first ?? 0) & 1 != 0
    let declaration: CTypeParser.Declaration
    do throws(CTypeError) {
        declaration = try CTypeParser.parse(text, emptyMeansVoid: emptyMeansVoid, resolve: resolve)
    } catch {
        law("an error is safe to show", isPrintable(error.description))
        law("an error is bounded", error.description.utf8.count < 16_384)
        law("an error is in the text", (1...text.utf8.count + 1).contains(error.column), "\(error.column)")
        return 0
    }
    let spelling = declaration.type.spelled(declaration.name ?? "")
    law("a spelling is safe to show", isPrintable(spelling))
    do throws(CTypeError) {
        let again = try CTypeParser.parse(spelling, emptyMeansVoid: emptyMeansVoid, resolve: resolve)
        law("a type reads back from its spelling", again == declaration, spelling)
    } catch {
        // The one spelling of a type may be longer than the one that was read.
        law("a type's spelling is a type", error.reason == .tooLarge, "\(error) of \(spelling)")
    }
    return 0
}

/// Tags stand for themselves; of plain names the short ones for typedefs, so that the two ways meet.
private func resolve(_ reference: CTypeParser.Reference) -> Result<CType.Qualified, CTypeError.Reason> {
    switch reference {
    case .tag(.enum, let name): .success(CType.Qualified(.enumeration(TypeName(.enum, name))))
    case .tag(let kind, let name): .success(CType.Qualified(.record(TypeName(kind, name))))
    case .unnamed(_, let place): .failure(.unknown(place))
    case .plain("t"): .success(CType.Qualified(.integer(.signed(bits: 32)), isConst: true))
    case .plain("a"): .success(CType.Qualified(.array(of: CType.Qualified(.bool, isVolatile: true), count: 3)))
    case .plain("f"): .success(CType.Qualified(.function(CType.Function(result: .void, parameters: [.bool]))))
    case .plain(let name):
        name.utf8.count < 8
            ? .success(CType.Qualified(.record(TypeName(.typedef, name)))) : .failure(.unknown(name))
    }
}
