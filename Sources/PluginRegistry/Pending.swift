package final class PublicationSequence: Sendable {
    package init() {}
    package func exchange(_ body: () -> Void) { body() }
}
extension Route {
    package func split(to canary: Route?, share: Int) {}
    package func unbind() {}
}
package final class CallTally: Sendable {
    package init() {}
    package func count(failed: Bool) {}
    package func read() -> (calls: Int, failures: Int) { (0, 0) }
}
package func pin<A, B, R>(_ first: Binding<A>, _ second: Binding<B>, under: PublicationSequence,
  _ body: (borrowing Pinned<A>, borrowing Pinned<B>) throws -> R) throws -> R { fatalError() }
