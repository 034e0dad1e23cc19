import ControlPlane
import PluginHost

/// `swap NAME FILE`, `swap NAME@VERSION` and `swap --together NAME=FILE…`.
struct SwapCommand {
    let source: SwapSource
    let options: SwapOptions

    func run(in context: CommandContext) throws {
        switch source {
        case .file(let name, let file):
            let reply = try context.client.swap(name, to: absolutePath(file), options)
            try context.show(reply, SwapText.text(reply))
        case .version(let name, let version):
            let reply = try context.client.swap(name, to: version, options)
            try context.show(reply, SwapText.text(reply))
        case .together(let files):
            let reply = try context.client.swap(together: files.map { ($0.name, absolutePath($0.file)) }, options)
            try context.show(reply, SwapText.text(reply))
        }
    }
}
