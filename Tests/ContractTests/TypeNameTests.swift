import Contract
import Testing

/// Names of structs, unions and enums.
@Suite struct TypeNameTests {
    @Test(arguments: [
        (TypeName(.struct, "node"), "struct node"), (TypeName(.union, "value"), "union value"),
        (TypeName(.enum, "color"), "enum color"), (TypeName(.typedef, "point"), "point"),
    ])
    func areSpelledAsInC(name: TypeName, text: String) {
        #expect(name.description == text)
    }

    @Test func tagsOfOneSpellingAreKeptApartByTheirKind() {
        #expect(TypeName(.struct, "a") < TypeName(.union, "a") && TypeName(.union, "a") < TypeName(.struct, "b"))
    }
}
