/// What a swap does next: a pure value that is told what happened and says what to do.
///
///     opening → starting → (holding →) (saving → restoring →) publishing → (onProbation →) draining → ended
///
/// Everything up to *publishing* can fail and leaves the old versions serving; a state that is handed over is theirs until
/// then. After it, the old ones are put back (*returning*) or retired. One machine serves one plugin as well as several
/// that are swapped together: a step has succeeded when it has for all of them.
///
/// The host performs the actions in their order, and tells the outcome of each that has one. An event out of its place
/// changes nothing.
struct SwapMachine: Equatable {
    /// What was asked for, as far as the order of steps depends on it.
    struct Plan: Equatable {
        var isDryRun = false
        var hasProbation = false
        var onDrainTimeout = DrainPolicy.wait
    }

    /// Where the swap is.
    enum State: Equatable, CaseIterable {
        case idle, opening, starting, holding, saving, restoring, publishing, onProbation, draining, returning, ended
    }

    /// What happened.
    enum Event: Equatable, CaseIterable {
        case begin
        /// New images are mapped; the same serve already.
        case opened, servesAlready
        /// `swb_start` and `swb_health` are content; there is no state to hand over, or some, in one of the two modes.
        case startedWithoutState, startedQuiesced, startedLive
        /// Nobody is inside the old generations while their routes are held.
        case quiesced
        case saved, restored
        /// The new generations are on their routes (in state *returning*: the old ones again).
        case published
        /// The step did not succeed; in state *publishing* or *returning*: it was refused.
        case failed
        /// Whoever had to leave is retired, or stays for a reason of its own.
        case retired
        /// Calls are still inside at the limit.
        case stillInside
        case commit
        /// Somebody wants the old ones back, or the new ones are not well.
        case revert
    }

    /// What to do.
    enum Action: Equatable {
        case open, start, hold, save, restore
        /// Exchange the pointers of all routes; held calls go on to the new generations.
        case publish
        /// Look whether publishing would be refused, and no more.
        case judgePublication
        /// Put the old generations' new targets where their old ones were held; held calls go on there.
        case release
        /// Stop and close the new generations, which never served.
        case discard
        /// Look after the new generations until somebody decides, and no longer than the probation.
        case watch
        case endWatch
        /// Put the old generations in front again.
        case publishOld
        /// Drain and retire whoever left service.
        case drain
        /// Those that calls are still inside of stay in memory for good.
        case keep
        /// Tell whoever asked.
        case answer(Answer)
    }

    /// What whoever asked is told.
    enum Answer: Equatable {
        case done, unchanged, dryRun
        /// The step failed, and what served serves.
        case failed
        /// Published, but calls are still inside the old generations, which are retired when those return.
        case stillInside
        /// Taken back because calls did not leave the old generations.
        case takenBack
    }

    let plan: Plan
    private(set) var state = State.idle
    /// Why the old generations are being put back: what the answer depends on.
    private var isTakenBack = false

    init(_ plan: Plan) { self.plan = plan }

    /// Takes in what happened, and says what to do.
    mutating func handle(_ event: Event) -> [Action] {
        switch (state, event) {
        case (.idle, .begin): return go(.opening, .open)
        case (.opening, .opened): return go(.starting, .start)
        case (.opening, .servesAlready): return go(.ended, .answer(.unchanged))
        case (.starting, .startedWithoutState): return goPublishing()
        case (.starting, .startedQuiesced): return go(.holding, .hold)
        case (.starting, .startedLive): return go(.saving, .save)
        case (.holding, .quiesced): return go(.saving, .save)
        case (.saving, .saved): return go(.restoring, .restore)
        case (.restoring, .restored): return goPublishing()
        case (.opening, .failed), (.starting, .failed): return go(.ended, .discard, .answer(.failed))
        case (.holding, .failed), (.saving, .failed), (.restoring, .failed), (.publishing, .failed):
            return go(.ended, .release, .discard, .answer(.failed))
        case (.publishing, .published) where plan.isDryRun:
            return go(.ended, .release, .discard, .answer(.dryRun))
        case (.publishing, .published) where plan.hasProbation: return go(.onProbation, .watch, .answer(.done))
        case (.publishing, .published): return go(.draining, .drain)
        case (.onProbation, .commit): return go(.draining, .endWatch, .drain)
        case (.onProbation, .revert): return go(.returning, .publishOld)
        case (.draining, .retired): return go(.ended, .answer(isTakenBack ? .takenBack : .done))
        case (.draining, .stillInside): return stillInside()
        case (.returning, .published): return go(.draining, .endWatch, .drain)
        case (.returning, .failed) where isTakenBack: return go(.ended, .answer(.stillInside))
        case (.returning, .failed): return go(.onProbation, .watch, .answer(.failed))
        default: return []
        }
    }

    private mutating func go(_ next: State, _ actions: Action...) -> [Action] {
        state = next
        return actions
    }

    private mutating func goPublishing() -> [Action] {
        go(.publishing, plan.isDryRun ? .judgePublication : .publish)
    }

    private mutating func stillInside() -> [Action] {
        switch plan.onDrainTimeout {
        case .wait: return go(.ended, .answer(isTakenBack ? .takenBack : .stillInside))
        case .resident: return go(.ended, .keep, .answer(.done))
        case .revert:
            // Calls that do not leave the new generations either are waited for in the background.
            if isTakenBack { return go(.ended, .answer(.takenBack)) }
            isTakenBack = true
            return go(.returning, .publishOld)
        }
    }
}
