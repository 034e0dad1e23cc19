public import CPin

// The calls' overloads are told apart by what `body` takes.
// swift-format-ignore: AmbiguousTrailingClosureOverload
extension Binding {
    /// Calls `body` with the export's function, on the arm of the route that the key takes.
    ///
    /// As without a key, and a function call and a few multiplications more.
    ///
    /// - Throws: `BindingError.unloaded`, `.held`, `.tooManyThreads`, and what `body` throws.
    @inlinable
    public func callAsFunction<R>(key: ArmKey, _ body: (F) throws -> R) throws -> R {
        // SAFETY: as without a key.
        let pin = try unsafe enter(key)
        defer { unsafe cpin_leave(pin) }
        return try body(unsafe function(in: pin.target.unsafelyUnwrapped, at: offset, as: F.self))
    }

    /// Calls `body` with the export's function and the plugin's instance, on the arm of the route that the key takes.
    ///
    /// - Throws: `BindingError.unloaded`, `.held`, `.tooManyThreads`, and what `body` throws.
    @inlinable
    public func callAsFunction<R>(key: ArmKey, _ body: (F, UnsafeMutableRawPointer?) throws -> R) throws -> R {
        // SAFETY: as above.
        let pin = try unsafe enter(key)
        defer { unsafe cpin_leave(pin) }
        let target = unsafe pin.target.unsafelyUnwrapped
        return try unsafe body(
            function(in: target, at: offset, as: F.self),
            target.load(fromByteOffset: TargetLayout.instance, as: UnsafeMutableRawPointer?.self))
    }

    /// Calls `body` with the export's function, the plugin's instance, and the context of the host's generation, on the
    /// arm of the route that the key takes.
    ///
    /// - Throws: `BindingError.unloaded`, `.held`, `.tooManyThreads`, and what `body` throws.
    @inlinable
    package func callAsFunction<R>(
        key: ArmKey, _ body: (F, _ instance: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?) throws -> R
    ) throws -> R {
        // SAFETY: as above.
        let pin = try unsafe enter(key)
        defer { unsafe cpin_leave(pin) }
        let target = unsafe pin.target.unsafelyUnwrapped
        return try unsafe body(
            function(in: target, at: offset, as: F.self),
            target.load(fromByteOffset: TargetLayout.instance, as: UnsafeMutableRawPointer?.self),
            target.load(fromByteOffset: TargetLayout.context, as: UnsafeMutableRawPointer?.self))
    }

    @usableFromInline @inline(never)
    func enter(_ key: ArmKey) throws(BindingError) -> cpin_pin {
        // SAFETY: routes' memory is never freed.
        let arm = unsafe RouteMemory(cell: route).arm(for: key)
        do throws(BindingError) {
            return try unsafe Binding(route: arm.cell, offset: offset).enter()
        } catch .unloaded where unsafe arm.cell != route {
            // The canary was emptied, as one that is closed is.
            return try unsafe enter()
        }
    }
}
