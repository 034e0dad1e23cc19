/// Made once by minisign 0.11: a key pair, and its signatures of one text in both formats.
package enum MinisignVectors {
    /// What is signed.
    package static let content = Array("Switchboard signs this.\n".utf8)

    /// `minisign -G -W`.
    package static let publicKey = """
        untrusted comment: minisign public key FCC6C75A9D4715A4
        RWSkFUedWsfG/B+Qf+ujBxWvM28IlwnW83EaHuM7BWbDFVy/bB+zRSZV

        """

    /// Another pair's.
    package static let otherPublicKey = """
        untrusted comment: minisign public key 764ABD291E1897CC
        RWTMlxgeKb1Kdmfyi8hx+K4rhvOYlF6ip5k5A1V9EkkdSIiwdjqGuVi+

        """

    /// `minisign -S -t "timestamp:1753000000 name=adder version=1.2.0"`.
    package static let prehashed = """
        untrusted comment: signature from minisign secret key
        RUSkFUedWsfG/IYq5AS491Uys7hEPRpJY/wDgEYwkCfGahn5BBMSYcDBCbGYQ/TbbnPm90rIoO82sxnZanhPo4LypmZX1yKOzgg=
        trusted comment: timestamp:1753000000 name=adder version=1.2.0
        /p/lnbMgfTRXJqOEBESA7l1UOBtK2DXm9cvEE6X8NdJiGflqYET/3JSt5poDU29MaMzjV4G/VCoeJXMTAdTwAQ==

        """

    /// The same with `-l`.
    package static let legacy = """
        untrusted comment: signature from minisign secret key
        RWSkFUedWsfG/MWEWdZq1IYCAg1tmHutRXv8q+j8D0GbeO1ZW1z9PDPhQPRTOknVYfop/oEe9q6hKlvnEk6Ny6RXRPAFdvJorQo=
        trusted comment: timestamp:1753000000 name=adder version=1.2.0
        soi5sw/Wni3yjqH+Yakf/DMZvr8JmYbcSzFbg+xSENqRnTBMiPkPPErEvrSgbAuWQN655cUvcd2DNtAcd0puDQ==

        """
}
