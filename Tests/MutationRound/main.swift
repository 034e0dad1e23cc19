import Glibc

// Damages good plugins, lets the gates judge each copy, and opens in a child what they admit: whatever crashes there
// would have taken a host down. `scripts/mutations` makes the plugins and runs this.
//
// Prints each crash with the number, the file, the strategy and what was changed, then a table. A mutation's number and
// the seed say all about it: --only repeats one and tells why it was refused. With --signed each copy lies beside the
// signature of the good file, and a copy that another gate refuses and the signatures' do not ends the round.

do {
    let arguments = try Arguments(CommandLine.arguments.dropFirst())
    var round = try Round(arguments)
    try round.run()
    let share = Double(round.tally.total.crashed) / Double(arguments.numbers.count) * 100
    print(round.tally.text + "admitted: \(round.tally.total.admitted) of \(arguments.numbers.count)")
    print("crashed in dlopen: \(Double(Int(share * 1000)) / 1000) % of \(arguments.numbers.count)")
} catch {
    print("mutation-round: \(error)")
    exit(1)
}
