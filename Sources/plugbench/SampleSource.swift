/// A small plugin in C whose names are placeholders of fixed length: a build of it becomes any number of plugins by
/// replacing bytes (`SampleImage`), so that a thousand plugins cost one compilation.
struct SampleSource {
    /// As in the source; a copy has four other digits.
    static let name = "plug0000"
    static let version = "1.0.1000"

    /// How many functions it exports, `f0`, `f1`, …, each an `Add`.
    var exports = 1
    /// How many more it exports without a word, `g0`, `g1`, …, each with a relocation in a table of pointers.
    var undeclared = 0
    /// How many functions of the C library it refers to in a table of pointers, at most `imported.count`.
    var imports = 0
    /// How many bytes of constant data make it larger.
    var padding = 0
    /// Whether it has `swb_start` and `swb_stop`, which do nothing.
    var hasLifecycle = false
    /// Whether the linker writes a build-id; without one the whole file is digested to name it.
    var hasBuildID = true

    /// C11.
    var text: String {
        let names = (0..<exports).map { "f\($0)" }
        var text = "#include <switchboard.h>\n"
        text += "SWB_MANIFEST(\"name = \(Self.name)\\nversion = \(Self.version)\\n\"\n"
        text += names.map { "    \"export = \($0)\\n\"\n" }.joined() + ");\n"
        text += names.map { "SWB_EXPORT int32_t \($0)(int32_t a, int32_t b) { return a + b; }\n" }.joined()
        if undeclared > 0 {
            let more = (0..<undeclared).map { "g\($0)" }
            text += more.map { "SWB_EXPORT int32_t \($0)(int32_t a, int32_t b) { return a - b; }\n" }.joined()
            text += "SWB_EXPORT void *table[] = {\n" + more.map { "(void *)\($0),\n" }.joined() + "};\n"
        }
        if imports > 0 {
            // In assembly, so that nothing has to be declared.
            text += "__asm__(\".pushsection .data.rel.ro,\\\"aw\\\"\\n.balign 8\\n\"\n"
            text += Self.imported.prefix(imports).map { "    \".quad \($0)\\n\"\n" }.joined()
            text += "    \".popsection\");\n"
        }
        if padding > 0 {
            text += "__asm__(\".pushsection .rodata\\n.fill \(padding), 1, 90\\n.popsection\");\n"
        }
        if hasLifecycle {
            text +=
                "int32_t swb_start(const swb_host_v1 *host, void **instance) { (void)host; (void)instance; return 0; }\n"
            text += "void swb_stop(void *instance) { (void)instance; }\n"
        }
        return text
    }

    /// Functions that every C library has.
    static let imported = """
        abort abs access atoi atol bsearch calloc chdir chmod chown clearerr clock close closedir creat \
        dup dup2 execv exit fclose fcntl feof ferror fflush fgetc fgets fileno fopen fork fprintf fputc \
        fputs fread free freopen fseek fsync ftell ftruncate fwrite getc getcwd getenv getpid getppid gmtime ioctl \
        isatty kill labs link localtime lseek malloc memchr memcmp memcpy memmove memset mkdir mktime open opendir \
        pause perror pipe poll printf putc puts qsort raise rand read readdir realloc remove rename rewind \
        rmdir select setenv signal sleep snprintf sprintf srand sscanf strcat strchr strcmp strcpy strlen strncmp \
        strrchr strstr strtod strtol time tolower
        """.split(separator: " ").map(String.init)

    /// What the linker is to write as the build-id: the placeholders again, so that every copy has its own, and padding,
    /// without which readelf warns of the note.
    var linkerOption: String {
        guard hasBuildID else { return "-Wl,--build-id=none" }
        let bytes = Array("\(Self.name)@\(Self.version)...".utf8)
        return "-Wl,--build-id=0x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
