import Glibc
import LinuxSystem
import PluginHost
import TestSupport
import Testing

@testable import ControlPlane

@Suite struct SocketOwnershipTests {
    @Test func refusesASecondHostOnTheSamePath() async throws {
        try await withServer { path in
            let host = try PluginHost()
            #expect {
                try ControlServer(host: host, socketPath: path)
            } throws: { error in
                guard case ControlError.held(path, getpid()) = error else { return false }
                return "\(error)".contains(path) && "\(error)".contains("process \(getpid())")
            }
            #expect(try ControlClient(socketPath: path).list().plugins.isEmpty, "the first host still serves")
        }
    }

    @Test func takesOverTheSocketOfADeadHost() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("host.sock")
        // A socket file that nobody listens on, as a killed process leaves it.
        let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(left, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        close(left)
        try folder.write("4194304\n", to: "host.sock.lock")
        let host = try PluginHost()
        let server = try ControlServer(host: host, socketPath: path)
        #expect(try ControlClient(socketPath: path).list().plugins.isEmpty)
        server.stop()
        await host.shutdown()
    }

    @Test func leavesAloneWhatIsNotASocket() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("precious", to: "host.sock")
        #expect { try ControlServer(host: PluginHost(), socketPath: path) } throws: {
            ($0 as? ControlError)?.exit == 2 && "\($0)".contains("not a socket")
        }
        #expect(try readFile(path) == Array("precious".utf8))
    }

    @Test func makesFoldersAndSocketForTheUserAlone() async throws {
        let folder = try TemporaryFolder()
        let host = try PluginHost()
        let server = try ControlServer(host: host, socketPath: folder.file("a/b/host.sock"))
        for (name, mode) in [("a", 0o700), ("a/b", 0o700), ("a/b/host.sock", 0o600), ("a/b/host.sock.lock", 0o600)] {
            var status = stat()
            #expect(stat(folder.file(name), &status) == 0)
            #expect(Int(status.st_mode & 0o777) == mode, "\(name)")
        }
        server.stop()
        await host.shutdown()
    }

    @Test func refusesAPathThatTheKernelHasNoRoomFor() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("absent/" + String(repeating: "x", count: 108 - folder.path.utf8.count - 8))
        #expect(path.utf8.count == 108)
        #expect { try ControlServer(host: PluginHost(), socketPath: path) } throws: {
            "\($0)".contains("has 108 bytes, unix(7) allows 107")
        }
        #expect(access(folder.file("absent"), F_OK) != 0, "no folder is made for nothing")
        #expect { try ControlClient(socketPath: path).list() } throws: { ($0 as? ControlError)?.code == "control.path" }
    }

    /// The mode keeps others out already; here it is opened wide, and the kernel's word about the peer must do.
    @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
    func closesOnAnotherUserWithoutAWord() async throws {
        let folder = try TemporaryFolder()
        let program = folder.file("stranger")
        let source = try folder.write(
            """
            #include <poll.h>
            #include <stdio.h>
            #include <string.h>
            #include <sys/socket.h>
            #include <sys/un.h>
            #include <unistd.h>
            int main(int count, char **arguments) {
              struct sockaddr_un address = {.sun_family = AF_UNIX};
              strncpy(address.sun_path, arguments[1], sizeof address.sun_path - 1);
              int peer = socket(AF_UNIX, SOCK_STREAM, 0);
              char byte;
              if (setuid(65534) != 0) return 2;
              if (connect(peer, (struct sockaddr *)&address, sizeof address) != 0) return 3;
              /* A server that lets strangers in says nothing either. */
              struct pollfd end = {.fd = peer, .events = POLLIN};
              if (poll(&end, 1, 20000) != 1) return 5;
              return read(peer, &byte, 1) == 0 ? 0 : 4;
            }
            """, to: "stranger.c")
        let compiled = try Command.run(["clang", "-o", program, source])
        try #require(compiled.exitCode == 0, "\(compiled.stderr)")
        try await withServer { path in
            #expect(try Command.run([program, path]).exitCode == 3, "the mode lets nobody in")
            let parent = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
            #expect(chmod(parent, 0o711) == 0 && chmod(path, 0o666) == 0)
            #expect(try Command.run([program, path]).exitCode == 0, "connected, then the end")
            let control = try ControlClient(socketPath: path).list(host: true).control
            #expect(control?.refusedUsers == 1)
        }
    }

    /// "Start a host" would be the wrong advice: there is one, of somebody else.
    @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
    func saysThatAHostIsAnotherUsers() async throws {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            try #require(seteuid(65534) == 0)
            #expect { try ControlClient(socketPath: folder.file("host.sock")).list() } throws: {
                guard case ControlError.forbidden = $0 else { return false }
                return ($0 as? ControlError)?.exit == 5 && "\($0)".contains("as the user whose host it is")
            }
            try #require(seteuid(0) == 0)
            _ = folder.path  // removed as the user who made it
        }
    }

    /// In a process of its own, whose descriptors no other test opens.
    @Test func leavesNoDescriptorBehind() async throws {
        await #expect(processExitsWith: .success) {
            @Sendable func descriptors() throws -> Int { try PrivateFolder.names(in: "/proc/self/fd").count }
            try await withServer { path in
                let before = try descriptors()
                for count in 0..<10_000 {
                    let client = try RawClient(path)
                    // Some say something first, some leave in the middle of a line. An error is a client turned away.
                    if count % 3 == 0 { try? client.send(RawClient.list + "\n") }
                    if count % 3 == 1 { try? client.send("half a line") }
                }
                // Connections are taken in their order: who is answered knows that all others were looked at. Until
                // the last of them are closed there may be no place to ask.
                let deadline = ContinuousClock.now + .seconds(20)
                let client = ControlClient(socketPath: path)
                var clients = 0
                while clients != 1 && ContinuousClock.now < deadline {
                    clients = (try? client.list(host: true).control?.clients) ?? 0
                }
                #expect(clients == 1)
                while try descriptors() != before && ContinuousClock.now < deadline { sched_yield() }
                #expect(try descriptors() == before)
            }
        }
    }

    /// A listener with somebody waiting stays readable: looking again at once would spin until a descriptor is free.
    @Test func pausesWhenNoDescriptorIsLeft() async throws {
        await #expect(processExitsWith: .success) {
            try await withServer { path in
                var limit = rlimit(rlim_cur: 64, rlim_max: 64)
                try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
                var fillers: [Int32] = []
                while case let filler = open("/dev/null", O_RDONLY | O_CLOEXEC), filler >= 0 { fillers.append(filler) }
                // One for us, none for the server.
                close(fillers.removeLast())
                let client = try RawClient(path)
                try client.send(RawClient.list + "\n")
                poll(nil, 0, 600)
                for filler in fillers { close(filler) }
                #expect(try client.reply().id == 1)
                let failed = try ControlClient(socketPath: path).list(host: true).control?.failedAccepts ?? 0
                #expect(1...10 ~= failed, "\(failed)")
            }
        }
    }
}

/// The host's audit log says who asked at the socket.
@Suite struct AuditedPeerTests {
    @Test func peersUserIsInTheAuditLog() async throws {
        let folder = try TemporaryFolder()
        let log = folder.file("audit.jsonl")
        let host = try PluginHost(HostConfiguration(stagingDirectory: folder.file("staging"), auditLog: log))
        let server = try ControlServer(host: host, socketPath: folder.file("host.sock"))
        let (socket, absent) = (server.socketPath, folder.file("absent.so"))
        try await onThread {
            #expect(throws: (any Error).self) { try ControlClient(socketPath: socket).load(absent) }
            #expect(throws: (any Error).self) { try ControlClient(socketPath: socket).swap("x", to: absent, .init()) }
        }
        server.stop()
        await host.shutdown()
        let text = String(decoding: try readFile(log), as: UTF8.self)
        #expect(text.split(separator: "\n").count == 2)
        #expect(text.split(separator: "\n").allSatisfy { $0.hasSuffix("\"peer\":\(geteuid())}") })
    }
}
