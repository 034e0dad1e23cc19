import TestSupport
import Testing

/// A new author who does what the README says, to the letter, in an empty folder.
struct AuthorTests {
    @Test func theSectionIsFollowedAsWritten() throws {
        let folder = try TemporaryFolder()
        let shell = AuthorShell(folder: folder.path)
        var commands = 0
        for block in try AuthorSection().blocks {
            if let name = block.fileName {
                try folder.write(block.text, to: name)
                continue
            }
            switch block.language {
            case "sh":
                let result = try shell.run(block.text)
                #expect(result.exitCode == 0, "\(block.text)\(result.stdout)")
                commands += 1
            case "console":
                for (command, output) in block.dialogue {
                    let result = try shell.run(command)
                    // On a terminal plugctl ends an open line; here it does not.
                    #expect(result.stdout == output || result.stdout + "\n" == output, "\(command)")
                    #expect(result.exitCode == 0, "\(command)")
                    commands += 1
                }
            case "yaml": break  // WorkflowTests runs it
            default: Issue.record("nobody follows a block of \(block.language)")
            }
        }
        #expect(commands == 7, "each is met")
        // What the last step wrote into the contract is what its refusal was about.
        let header = String(decoding: try readFile(folder.file("greeter.h")), as: UTF8.self)
        #expect(header.contains("int32_t loudness; int32_t count;"))
    }
}
