import Glibc
import PluginRegistry
import Synchronization
import Testing

@Suite struct PublicationSequenceTests {
    @Test func neverShowsAMixtureOfTwoChanges() throws {
        let routes = try [route("a ^1"), route("b ^1")]
        let sequence = PublicationSequence()
        func exchange(_ number: Int) -> [Target?] {
            let targets = routes.map { _ in
                target([add], context: UnsafeMutableRawPointer(bitPattern: number), generation: number)
            }
            return sequence.exchange { zip(routes, targets).map { $0.publish($1) } }
        }
        _ = exchange(1)
        let (a, b): (Binding<Add>, Binding<Add>) = (try routes[0].binding(0), try routes[1].binding(0))
        let isOver = Atomic(false), mixtures = Atomic(0), blocks = Atomic(0)
        let readers = (0..<4).map { _ in
            OSThread {
                while !isOver.load(ordering: .relaxed) {
                    let isMixture = try? pin(a, b, under: sequence) { a, b in
                        a { _, _, one in b { _, _, two in one != two } }
                    }
                    if isMixture != false { mixtures.add(1, ordering: .relaxed) }
                    blocks.add(1, ordering: .relaxed)
                }
            }
        }
        // Undrained, they keep their memory.
        for number in 2...10_000 { _ = exchange(number) }
        isOver.store(true, ordering: .relaxed)
        for reader in readers { reader.join() }
        #expect(mixtures.load(ordering: .relaxed) == 0)
        #expect(blocks.load(ordering: .relaxed) > 0)
    }

    @Test func holdsNeitherRouteWhileItWaitsForOne() async throws {
        let (oldA, oldB) = (target([add]), target([add]))
        let (routeA, routeB) = (try route("a ^1", serving: oldA), try route("b ^1", serving: oldB))
        let (a, b): (Binding<Add>, Binding<Add>) = (try routeA.binding(0), try routeB.binding(0))
        let sequence = PublicationSequence()
        let hold = Hold([routeB], inside: [oldB], until: .now + .seconds(600))
        let sum = Lock<Int32?>(nil)
        let thread = OSThread {
            let result = try? pin(a, b, under: sequence) { a, b in a { $0(1, 2) } + b { $0(2, 3) } }
            sum.withLock { $0 = result }
        }
        await waitUntil { hold.waitingCount == 1 }
        #expect(oldA.callCount == 0)
        hold.end([(routeB, target([multiply]))])
        thread.join()
        #expect(sum.withLock { $0 } == 9)
        #expect(oldA.callCount == 0)
    }

    @Test func passesThroughWhereItIsInsideTheFirstAlready() throws {
        let (oldA, oldB) = (target([add]), target([add]))
        let (routeA, routeB) = (try route("a ^1", serving: oldA), try route("b ^1", serving: oldB))
        let (a, b): (Binding<Add>, Binding<Add>) = (try routeA.binding(0), try routeB.binding(0))
        let sequence = PublicationSequence()
        // As a block meets the routes that are being emptied one after the other: both of it on the old side.
        let hold = Hold([routeB], inside: [oldA, oldB], until: .now + .seconds(600))
        #expect(try pin(a, b, under: sequence) { a, b in a { $0(1, 2) } + b { $0(2, 3) } } == 8)
        hold.end([(routeB, target([multiply]))])
    }

    @Test func givesBackWhatItHasWhereTheOtherIsUnloaded() throws {
        let served = target([add])
        let a: Binding<Add> = try route("a ^1", serving: served).binding(0)
        let b: Binding<Add> = try route("b ^1").binding(0)
        let sequence = PublicationSequence()
        #expect(throws: BindingError.unloaded(route: "b ^1")) { try pin(a, b, under: sequence) { _, _ in } }
        #expect(throws: BindingError.unloaded(route: "b ^1")) { try pin(b, a, under: sequence) { _, _ in } }
        #expect(served.callCount == 0)
    }
}
