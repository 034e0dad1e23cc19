import Compatibility
import ELFReader
import Foundation
import Testing

struct ImageIDTests {
    static func digest(_ bytes: [UInt8]) -> String {
        ImageID(sha256: SHA256.digest(of: bytes.span.bytes)).description
    }

    /// FIPS 180-4's examples, the padding's edges (cross-checked with sha256sum), and the million of "a".
    @Test(arguments: [
        ([UInt8](), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            Array(
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"
                    .utf8), "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        ([UInt8](repeating: 0x61, count: 55), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        ([UInt8](repeating: 0x61, count: 56), "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
        ([UInt8](repeating: 0x61, count: 63), "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
        ([UInt8](repeating: 0x61, count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        ([UInt8](repeating: 0x61, count: 65), "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"),
        ([UInt8](repeating: 0x61, count: 119), "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"),
        ([UInt8](repeating: 0x61, count: 120), "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"),
        (
            [UInt8](repeating: 0x61, count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func digestsVectors(_ bytes: [UInt8], _ hex: String) {
        #expect(Self.digest(bytes) == "sha256:\(hex)")
    }

    static func id(_ notes: [ELFNote]) -> String {
        let bytes = Array("abc".utf8)
        let image = ELFImage(header: ELFHeader(machine: 62), notes: notes)
        return ImageID.identify(image: image, bytes: bytes.span.bytes).description
    }

    @Test func prefersABuildIDOfSensibleLength() {
        let digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let id: [UInt8] = [0, 1, 2, 0xfe, 4, 5, 6, 7]
        #expect(Self.id([ELFNote(owner: "GNU", type: 3, descriptor: id)]) == "build-id:000102fe04050607")
        #expect(Self.id([ELFNote(owner: "GNU", type: 3, descriptor: Array(id.dropLast()))]) == digest)
        #expect(Self.id([ELFNote(owner: "GNU", type: 1, descriptor: id)]) == digest)
        #expect(Self.id([ELFNote(owner: "Go", type: 3, descriptor: id)]) == digest)
        #expect(Self.id([]) == digest)
        #expect(ImageID.identify(image: nil, bytes: Array("abc".utf8).span.bytes).description == digest)
    }

    @Test func isCodedAsItsText() throws {
        let json = try JSONEncoder().encode([ImageID(buildID: [0xab])])
        #expect(String(decoding: json, as: UTF8.self) == "[\"build-id:ab\"]")
        #expect(try JSONDecoder().decode([ImageID].self, from: json) == [ImageID(buildID: [0xab])])
    }
}
