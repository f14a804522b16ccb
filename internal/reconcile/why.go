package reconcile

import (
	"fmt"
	"strings"

	"contactbridge/internal/contact"
)

// Why is the reason of a step: a kind for the machine and a sentence for the person. It names fields, never values.
type Why struct {
	Kind     string `json:"kind"`
	Sentence string `json:"sentence"`
}

// The reasons that need no details.
var (
	whyLeftScope   = Why{"left-scope", "The contact left this connection's scope; nothing is synced until it returns."}
	whyBackInScope = Why{"back-in-scope", "The contact is in this connection's scope again."}
	whyRestored    = Why{"restored", "The deleted contact is there again, so the two are synced again."}
	whyBothDeleted = Why{"both-deleted", "The contact was deleted on both sides."}
	whyAgree       = Why{"agree", "Both sides show the same."}
	whyNoName      = Why{"no-name", "The contact has neither a name nor a company nor an e-mail address, and vTiger takes no contact without a last name."}
	whyNoCompany   = Why{"no-name", "The contact has neither a company nor an e-mail address, and vTiger takes no organisation or vendor without a name."}
	whyEmpty       = Why{"empty", "The contact has no value in any mapped field that may travel."}
)

func whyDetached(gone contact.Side) Why {
	return Why{"detached", fmt.Sprintf("It was deleted in %s; deleting it in %s too is switched off, so it stays there and is no longer synced.",
		gone.Title(), gone.Other().Title())}
}

func whyDelete(gone contact.Side) Why {
	return Why{"deleted-there", fmt.Sprintf("It was deleted in %s.", gone.Title())}
}

func whyEditWins(gone contact.Side) Why {
	return Why{"edit-wins", fmt.Sprintf("It was deleted in %s but edited in %s; the edit wins.", gone.Title(), gone.Other().Title())}
}

func whyInsert(source contact.Side) Why {
	return Why{"new", fmt.Sprintf("It is new in %s.", source.Title())}
}

// whyUpdate names the fields in the mapping's order and tells conflicts apart.
func whyUpdate(target contact.Side, shapes []contact.Shape, fields map[contact.Field]FieldChange) Why {
	var changed, conflicts []string
	for _, s := range shapes {
		change, ok := fields[s.Field]
		switch {
		case ok && change.Conflict:
			conflicts = append(conflicts, string(s.Field))
		case ok:
			changed = append(changed, string(s.Field))
		}
	}
	source := target.Other().Title()
	var parts []string
	if len(changed) > 0 {
		parts = append(parts, fmt.Sprintf("%s changed in %s.", strings.Join(changed, ", "), source))
	}
	if len(conflicts) > 0 {
		parts = append(parts, fmt.Sprintf("%s changed on both sides; %s wins.", strings.Join(conflicts, ", "), source))
		return Why{"conflict", strings.Join(parts, " ")}
	}
	return Why{"changed-there", strings.Join(parts, " ")}
}

func whyMatched(level level) Why {
	return Why{"matched", fmt.Sprintf("The same person on both sides: equal %s.", level)}
}

func whyNoRoom(f contact.Field, full contact.Side) Why {
	return Why{"no-room", fmt.Sprintf("%s has no room for another value of %s, so what found none stays where it is.", full.Title(), f)}
}

var whyCopy = Why{"possible-duplicate", "It carries the stamp of another contact that an earlier sync inserted, so it may be a copy of that one."}

var (
	whyTwin       = Why{"twin", "An earlier sync sent this contact twice because the first answer never came, and vTiger stored both; nobody edited this one, so it is deleted."}
	whyTwinEdited = Why{"twin-edited", "An earlier sync sent this contact twice because the first answer never came, and vTiger stored both; somebody edited this one since, so it stays, and a person must decide which to keep."}
)

var whyAdopted = Why{"adopted", "Recognised by its stamp as the contact that an earlier sync inserted."}

func whyAmbiguous(level level, other contact.Side) Why {
	return Why{"ambiguous", fmt.Sprintf("More than one contact could be the same person (equal %s in %s), so a person must decide.", level, other.Title())}
}

func whyDuplicate(level level, other contact.Side) Why {
	return Why{"possible-duplicate", fmt.Sprintf("It has the same %s as a contact in %s that is already synced with another one.", level, other.Title())}
}
