import Testing

/// What a process that was observed until its exit wrote to stderr.
func words(of result: ExitTest.Result) -> String { String(decoding: result.standardErrorContent, as: UTF8.self) }
