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
	whyLeftScope    = Why{"left-scope", "The contact left this connection's scope; nothing is synced until it returns."}
	whyBackInScope  = Why{"back-in-scope", "The contact is in this connection's scope again."}
	whyRestored     = Why{"restored", "The deleted contact is there again, so the two are synced again."}
	whyBothDeleted  = Why{"both-deleted", "The contact was deleted on both sides."}
	whyForeign      = Why{"detached", "It was deleted in Outlook; in vTiger it belongs to a group or another user, so it stays there and is no longer synced."}
	whyForeignStays = Why{"left-scope", "The contact left this connection's scope in Outlook; in vTiger it belongs to a group or another user, so it stays there, and nothing is synced until it returns."}
	whyAgree        = Why{"agree", "Both sides show the same."}
	whyNoName       = Why{"no-name", "The contact has neither a name nor a company nor an e-mail address, and vTiger takes no contact without a last name."}
	whyNoCompany    = Why{"no-name", "The contact has neither a company nor an e-mail address, and vTiger takes no organisation or vendor without a name."}
	whyEmpty        = Why{"empty", "The contact has no value in any mapped field that may travel."}
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

// whyUpdate names every field and what decided it, in the mapping's order and one sentence a decision.
func whyUpdate(target contact.Side, shapes []contact.Shape, decided map[contact.Field]fieldDecision) Why {
	var order []decider
	fields := map[decider][]string{}
	for _, s := range shapes {
		d, written := decided[s.Field]
		if !written {
			continue
		}
		if fields[d.by] == nil {
			order = append(order, d.by)
		}
		fields[d.by] = append(fields[d.by], string(s.Field))
	}
	w := Why{Kind: string(byChange)}
	var parts []string
	for _, by := range order {
		if (fieldDecision{by: by}).conflict() {
			w.Kind = string(byPolicy)
		}
		parts = append(parts, strings.Join(fields[by], ", ")+" "+by.sentence(target.Other(), target))
	}
	w.Sentence = strings.Join(parts, " ")
	return w
}

// sentence is the rest of a sentence that begins with the fields which the decider lets travel.
func (by decider) sentence(source, target contact.Side) string {
	s, t := source.Title(), target.Title()
	switch by {
	case byFill:
		return fmt.Sprintf("had a value in %s only.", s)
	case byUnion:
		return fmt.Sprintf("changed: what %s added and removed comes to %s.", s, t)
	case byPolicy:
		return fmt.Sprintf("changed on both sides; %s wins.", s)
	case byTime:
		return fmt.Sprintf("changed on both sides; %s wins by the times of the two changes.", s)
	case byMeeting:
		return fmt.Sprintf("differed when the two were linked; %s wins.", s)
	case byPerson:
		return fmt.Sprintf("changed on both sides; a person chose %s.", s)
	case byReturn:
		return fmt.Sprintf("went back in vTiger to what an earlier sync had replaced; %s wins.", s)
	}
	return fmt.Sprintf("changed in %s; %s had not changed it.", s, t)
}

func whyAsk(f contact.Field, returned bool) Why {
	if returned {
		return Why{string(ConflictHold), fmt.Sprintf("%s went back in vTiger to what an earlier sync had replaced, so a person must choose.", f)}
	}
	return Why{string(ConflictHold), fmt.Sprintf("%s changed in vTiger and in Outlook to different values, so a person must choose.", f)}
}

func whyRemoved(target contact.Side) Why {
	return Why{"left-scope", fmt.Sprintf("The contact left this connection's scope in %s, so its copy in %s is removed.", target.Other().Title(), target.Title())}
}

func whyLeftEdited(target contact.Side) Why {
	return Why{"left-scope", fmt.Sprintf("The contact left this connection's scope, but its copy in %s was edited, so it stays; nothing is synced until the contact returns.", target.Title())}
}

func whyDiscarded(target contact.Side) Why {
	return Why{"discarded", fmt.Sprintf("A person decided that it stays in %s; it is no longer synced.", target.Title())}
}

func whyMatched(level level) Why {
	return Why{"matched", fmt.Sprintf("The same person on both sides: equal %s.", level)}
}

func whyNoRoom(f contact.Field, full contact.Side) Why {
	return Why{"no-room", fmt.Sprintf("%s has no room for another value of %s, so what found none stays where it is.", full.Title(), f)}
}

func whyReduced(target contact.Side, lost []contact.Field) Why {
	names := make([]string, len(lost))
	for i, f := range lost {
		names[i] = string(f)
	}
	return Why{"reduced", fmt.Sprintf("%s cannot hold all of %s; %s keeps what it has.", target.Title(), strings.Join(names, ", "), target.Other().Title())}
}

func whyMayNotInsert(target contact.Side) Why {
	return Why{"insert-forbidden", fmt.Sprintf("An administrator allows no new contacts in %s, so it is not inserted there.", target.Title())}
}

var whyCopy = Why{"possible-duplicate", "It carries the stamp of another contact that an earlier sync inserted, so it may be a copy of that one."}

var (
	whyTwin       = Why{"twin", "An earlier sync sent this contact twice because the first answer never came, and vTiger stored both; nobody edited this one, so it is deleted."}
	whyTwinEdited = Why{"twin-edited", "An earlier sync sent this contact twice because the first answer never came, and vTiger stored both; somebody edited this one since, so it stays, and a person must decide which to keep."}
)

var whyAdopted = Why{"adopted", "Recognised by its stamp as the contact that an earlier sync inserted."}

func whyChosen() Why { return Why{"matched", "A person chose the two as one."} }

func whyElsewhere() Why {
	return Why{string(ElsewhereHold), "vTiger has its e-mail address already, in a record outside this connection's scope, so it is not inserted."}
}

var (
	whyClaimed  = Why{"waits", "Another contact with the same e-mail address is being inserted into vTiger; this one waits until that is done."}
	whyUnseen   = Why{"waits", "vTiger has its e-mail address already, in a record of this connection's scope that was not read yet; it waits until that is done."}
	whyInstance = Why{string(DuplicateHold), "vTiger has its e-mail address already, in a record of this connection that no rule takes for the same person, so a person must decide."}
)

func whyAmbiguous(level level, other contact.Side) Why {
	return Why{"ambiguous", fmt.Sprintf("More than one contact could be the same person (equal %s in %s), so a person must decide.", level, other.Title())}
}

func whyDuplicate(level level, other contact.Side) Why {
	return Why{"possible-duplicate", fmt.Sprintf("It has the same %s as a contact in %s that is already synced with another one.", level, other.Title())}
}
