package reconcile

// UndoKind is the reason kind of every operation that takes others back.
const UndoKind = "undo"

// The reasons of what is taken back.
var (
	whyUndoUpdate   = Why{UndoKind, "It takes back what an earlier sync changed."}
	whyUndoInsert   = Why{UndoKind, "It takes back what an earlier sync inserted; the two contacts are no longer synced."}
	whyUndoDeletion = Why{UndoKind, "It takes back what an earlier sync deleted."}
)

// UndoSkip begins the reason kinds of what an undo leaves as it is.
const UndoSkip = "undo-"

// The reasons for which something is not taken back.
var (
	whyEdited        = Why{UndoSkip + "edited", "It was edited since, so it stays as it is."}
	whyEditedThere   = Why{UndoSkip + "edited", "The other side was edited since, and the next sync brings that edit."}
	whyAlready       = Why{UndoSkip + "already", "It shows already what it showed before."}
	whyRemapped      = Why{UndoSkip + "remapped", "The mapping of the field changed since, so what it showed before says nothing."}
	whyRequired      = Why{UndoSkip + "required", "vTiger takes no contact without a value there."}
	whyGoneSince     = Why{UndoSkip + "gone", "The contact was deleted since."}
	whyOutsideNow    = Why{UndoSkip + "outside", "The contact left this connection's scope since."}
	whyUnwantedNow   = Why{UndoSkip + "outside", "Its categories are among those that this connection leaves out now."}
	whyConditionsNow = Why{UndoSkip + "outside", "In vTiger it would not meet the conditions that this connection has now."}
	whyForeignNow    = Why{UndoSkip + "foreign", "It belongs to somebody else in vTiger since, so it stays there."}
	whyNotLinked     = Why{UndoSkip + "unlinked", "The two contacts are no longer synced with each other."}
	whyThereAgain    = Why{UndoSkip + "there", "The contact is there again."}
	whyNewPartner    = Why{UndoSkip + "partner", "The contact that it belonged to is synced with another one, or was never seen again."}
	whyOwnTwin       = Why{UndoSkip + "twin", "It was a contact that an earlier sync had made twice by mistake."}
	whyPassing       = Why{UndoSkip + "passing", "The sync itself deleted again what it had inserted."}
	whyCapped        = Why{UndoSkip + "forbidden", "An administrator does not allow a sync to do that there."}
	whyUndoWaits     = Why{UndoSkip + "waits", "It is not known yet what became of the last write to the contact, or the contact is being saved just now; undo again later."}
)

// undoWhys are the reasons for which a single field is not taken back, in the order in which they are told.
var undoWhys = []Why{whyEdited, whyEditedThere, whyRemapped, whyRequired, whyAlready}
