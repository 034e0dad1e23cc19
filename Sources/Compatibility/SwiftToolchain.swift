/// The Swift compiler that compiles this file: for the host's facts, and for the `toolchain` line of a manifest.
package enum SwiftToolchain {
    /// "6.3.1".
    ///
    /// A ladder, because the compiler's version is visible to conditional compilation alone: the standard library's
    /// own version lacks the patch number. Above the ladder's last step the text is inexact ("6.6 or newer"); the gate's
    /// comparison with the signature in `.comment` then tells compilers apart. To extend: one line per release.
    package static var compilerVersion: String {
        #if compiler(>=6.6)
            "6.6 or newer"
        #elseif compiler(>=6.5.5)
            "6.5.5"
        #elseif compiler(>=6.5.4)
            "6.5.4"
        #elseif compiler(>=6.5.3)
            "6.5.3"
        #elseif compiler(>=6.5.2)
            "6.5.2"
        #elseif compiler(>=6.5.1)
            "6.5.1"
        #elseif compiler(>=6.5)
            "6.5.0"
        #elseif compiler(>=6.4.9)
            "6.4.9"
        #elseif compiler(>=6.4.8)
            "6.4.8"
        #elseif compiler(>=6.4.7)
            "6.4.7"
        #elseif compiler(>=6.4.6)
            "6.4.6"
        #elseif compiler(>=6.4.5)
            "6.4.5"
        #elseif compiler(>=6.4.4)
            "6.4.4"
        #elseif compiler(>=6.4.3)
            "6.4.3"
        #elseif compiler(>=6.4.2)
            "6.4.2"
        #elseif compiler(>=6.4.1)
            "6.4.1"
        #elseif compiler(>=6.4)
            "6.4.0"
        #elseif compiler(>=6.3.9)
            "6.3.9"
        #elseif compiler(>=6.3.8)
            "6.3.8"
        #elseif compiler(>=6.3.7)
            "6.3.7"
        #elseif compiler(>=6.3.6)
            "6.3.6"
        #elseif compiler(>=6.3.5)
            "6.3.5"
        #elseif compiler(>=6.3.4)
            "6.3.4"
        #elseif compiler(>=6.3.3)
            "6.3.3"
        #elseif compiler(>=6.3.2)
            "6.3.2"
        #elseif compiler(>=6.3.1)
            "6.3.1"
        #elseif compiler(>=6.3)
            "6.3.0"
        #elseif compiler(>=6.2.9)
            "6.2.9"
        #elseif compiler(>=6.2.8)
            "6.2.8"
        #elseif compiler(>=6.2.7)
            "6.2.7"
        #elseif compiler(>=6.2.6)
            "6.2.6"
        #elseif compiler(>=6.2.5)
            "6.2.5"
        #elseif compiler(>=6.2.4)
            "6.2.4"
        #elseif compiler(>=6.2.3)
            "6.2.3"
        #elseif compiler(>=6.2.2)
            "6.2.2"
        #elseif compiler(>=6.2.1)
            "6.2.1"
        #elseif compiler(>=6.2)
            "6.2.0"
        #else
            #error("Switchboard needs Swift 6.2 or newer")
        #endif
    }
}
