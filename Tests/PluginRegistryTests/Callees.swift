import CPin
import Glibc
import PluginRegistry

// What the tests bind and call: C functions, made of Swift closures that capture nothing.

typealias Add = @convention(c) (Int32, Int32) -> Int32
typealias Recurse = @convention(c) (Int32) -> Int32

let add: Add = { $0 &+ $1 }
let multiply: Add = { $0 &* $1 }

func address(_ function: Add) -> UnsafeMutableRawPointer { unsafeBitCast(function, to: UnsafeMutableRawPointer.self) }

/// A target of nobody's generation.
func target(
    _ functions: [Add?], instance: UnsafeMutableRawPointer? = nil, context: UnsafeMutableRawPointer? = nil,
    generation: Int = 1
) -> Target {
    target(functions.map { $0.map(address) }, instance: instance, context: context, generation: generation)
}

/// The same with functions of any type.
func target(
    _ functions: [UnsafeMutableRawPointer?], instance: UnsafeMutableRawPointer? = nil,
    context: UnsafeMutableRawPointer? = nil, generation: Int = 1
) -> Target {
    Target(functions: functions, instance: instance, context: context, generation: generation, numbering: "adder")
}

/// A route, in a process whose pins are started; `serving` is published on it.
///
/// It stays for the rest of the process, as a host keeps it: a route that goes takes its target out of service.
func route(_ label: String = "adder ^1", serving target: Target? = nil) throws -> Route {
    try Pins.start()
    let route = Route(label: label)
    route.publish(target)
    routes.withLock { $0.append(route) }
    return route
}

private let routes = Lock<[Route]>([])
