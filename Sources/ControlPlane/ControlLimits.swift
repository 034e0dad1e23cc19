/// How much one control socket takes: fixed bounds, so that no client can make the host grow.
package struct ControlLimits: Sendable {
    /// Connections at a time.
    package var clients = 64
    /// One request in bytes, its newline not counted.
    package var requestBytes = 64 * 1024
    /// Nesting of arrays and objects in one request.
    package var nesting = 16
    /// One reply in bytes; a larger one becomes an error.
    package var replyBytes = 4 << 20
    /// Replies that wait for a client to read them, in bytes; above, nothing more is read from it.
    package var unreadBytes = 256 * 1024
    /// Requests of one client that the host works on; at the limit nothing more is read from it.
    package var inFlight = 8
    /// Calls of plugin functions at a time, over all clients; the others wait.
    package var calls = 16
    /// From a line's first byte to its newline.
    package var halfLine = Duration.seconds(30)
    /// Before the next try after the process ran out of descriptors.
    package var acceptPause = Duration.milliseconds(250)
    /// How long stopping waits for operations that it cannot interrupt.
    package var stopping = Duration.seconds(10)
    /// How long a client may take for a part of its last reply, when the host stops.
    package var farewell = Duration.seconds(1)

    /// Plugins in one transaction.
    static let together = 1...64
    /// What a client may ask for as a length of time, in seconds: up to a day.
    static let seconds = 0.0...86_400

    package init() {}
}
