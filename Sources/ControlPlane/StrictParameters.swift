import Compatibility

// Parameters that change how a plugin is swapped are read strictly: a mistyped "probation" that is passed over would leave
// an operator without the way back that was asked for.

extension Decoder {
    /// The object's values, once each of its keys is known.
    ///
    /// - Throws: `DecodingError.dataCorrupted` naming the first key, in alphabetical order, that is none of `keys`.
    func container<Key: CodingKey & CaseIterable>(strictlyKeyedBy keys: Key.Type) throws -> KeyedDecodingContainer<Key>
    {
        let known = keys.allCases.map(\.stringValue)
        let given = try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        if let stranger = given.filter({ !known.contains($0) }).min() {
            let nearest = NearestName.nearest(to: stranger, among: known).map { "did you mean \"\($0)\"?" }
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath + [AnyKey(stringValue: printable(stranger, limit: 64))],
                    debugDescription: "there is no such parameter"
                        + (nearest.map { "; \($0)" } ?? ": \(known.joined(separator: ", ")) are there")))
        }
        return try container(keyedBy: keys)
    }
}

extension KeyedDecodingContainer {
    /// What `read` finds under a key that must be there.
    func require<Value>(_ key: Key, _ read: (Self) throws -> Value?) throws -> Value {
        if let value = try read(self) { return value }
        throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "it is missing"))
    }

    /// One word of several; an error lists them.
    func word<Word: RawRepresentable & CaseIterable>(_: Word.Type, forKey key: Key) throws -> Word?
    where Word.RawValue == String {
        guard let text = try decodeIfPresent(String.self, forKey: key) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "\"\(printable(text, limit: 64))\" is none of \(words)")
        }
        return word
    }

    /// A length of time in seconds, from none to a day.
    func seconds(forKey key: Key) throws -> Duration? {
        guard let seconds = try number(forKey: key) else { return nil }
        guard ControlLimits.seconds.contains(seconds) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "\(seconds) is no number of seconds from 0 to 86400, a day")
        }
        return .seconds(seconds)
    }

    /// A share in hundredths of a percent.
    func basisPoints(forKey key: Key) throws -> Int? {
        guard let number = try number(forKey: key) else { return nil }
        guard let basisPoints = Int(exactly: number), (0...10_000).contains(basisPoints) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "\(number) is no whole number from 0 to 10000")
        }
        return basisPoints
    }

    private func number(forKey key: Key) throws -> Double? {
        do {
            return try decodeIfPresent(Double.self, forKey: key)
        } catch let error as DecodingError {
            throw error
        } catch {
            // What the decoder cannot represent it reports of the whole request, without the number's place.
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "the number is too large")
        }
    }
}

/// Any key at all.
struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
}
