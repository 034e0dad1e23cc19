import Compatibility
import FoundationEssentials

/// The names of all methods.
enum MethodName: String, CaseIterable {
    case load, swap, swapTogether, revert, commit, unload, list, routes, route, call

    /// All of them, for whoever mistook one.
    static var sentence: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension ControlCodec {
    /// Reads a method's parameters and checks what can be known without the host.
    static func method(_ text: String, in data: Data) throws(ControlFailure) -> ControlMethod {
        guard let name = MethodName(rawValue: text) else { throw .unknownMethod(text) }
        switch name {
        case .load:
            let given = try parameters(LoadParameters.self, in: data)
            return .change(.load(path: try absolute(given.path)))
        case .swap:
            let given = try parameters(SwapParameters.self, in: data)
            let options = given.options?.options ?? .init()
            switch (given.path, given.version) {
            case (let path?, nil):
                return .change(.swapPath(name: given.name, path: try absolute(path), options))
            case (nil, let version?):
                return .change(.swapVersion(name: given.name, version: version, options))
            default: throw .wrongParameters("swap takes either \"path\" or \"version\"")
            }
        case .swapTogether:
            let given = try parameters(TogetherParameters.self, in: data)
            for plugin in given.plugins { _ = try absolute(plugin.path) }
            return .change(.swapTogether(given.plugins, given.options?.options ?? .init()))
        case .revert:
            return .change(.revert(name: try parameters(ProbationParameters.self, in: data).name))
        case .commit:
            return .change(.commit(name: try parameters(ProbationParameters.self, in: data).name))
        case .unload:
            let given = try parameters(UnloadParameters.self, in: data)
            return .change(.unload(name: given.name, version: given.version))
        case .list:
            let given = try optionalParameters(ListParameters.self, in: data)
            return .list(all: given?.all ?? false, host: given?.host ?? false)
        case .routes:
            let given = try optionalParameters(RoutesParameters.self, in: data)
            return .routes(plugin: given?.plugin, range: given?.range)
        case .route:
            let given = try parameters(RouteParameters.self, in: data)
            return .change(.route(plugin: given.plugin, range: given.range, given.change))
        case .call:
            let given = try parameters(CallParameters.self, in: data)
            let request = try bytes(of: given)
            return .call(
                ControlCall(
                    plugin: given.plugin, export: given.export, range: given.range ?? "*", request: request))
        }
    }

    private static func parameters<P: Decodable>(_: P.Type, in data: Data) throws(ControlFailure) -> P {
        guard let parameters = try optionalParameters(P.self, in: data) else {
            throw .wrongParameters("\"params\" is missing")
        }
        return parameters
    }

    private static func optionalParameters<P: Decodable>(_: P.Type, in data: Data) throws(ControlFailure) -> P? {
        do {
            return try JSONDecoder().decode(Parameters<P>.self, from: data).params
        } catch {
            throw .wrongParameters(ControlFailure.sentence(for: error))
        }
    }

    /// Client and host may stand in different folders, so only whole paths mean the same to both.
    private static func absolute(_ path: String) throws(ControlFailure) -> String {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw .wrongParameters("\"path\" must be absolute: \(path.prefix(256).debugDescription)")
        }
        return path
    }

    private static func bytes(of given: CallParameters) throws(ControlFailure) -> [UInt8] {
        switch (given.text, given.base64) {
        case (let text, nil): return Array((text ?? "").utf8)
        case (nil, let base64?):
            guard let data = Data(base64Encoded: base64) else { throw .wrongParameters("\"base64\" is not base64") }
            return Array(data)
        default: throw .wrongParameters("call takes either \"text\" or \"base64\"")
        }
    }
}

/// A request's parameters alone.
private struct Parameters<P: Decodable>: Decodable {
    var params: P?
}
