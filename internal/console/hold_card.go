package console

import (
	"slices"
	"strings"

	"contactbridge/internal/client"
)

// holdCard is what waits for a person, with both sides beside each other.
type holdCard struct {
	client.HoldView

	Title   string
	Since   moment
	Pairs   []sideBySide // conflict and the like: one; ambiguous: one for each candidate
	Other   string       // the side on which something would be written: vtiger or outlook
	Nameful string
}

// sideBySide compares two contacts field by field.
type sideBySide struct {
	Record string // the candidate's id; empty: there is nothing to choose
	Number int    // of the candidate, from 1; 0: it is none
	Alone  string // the side of a contact that there is nothing to compare with; empty: there are two
	Rows   []sideRow
	Same   string // the fields in which they do not differ
}

type sideRow struct{ Label, VTiger, Outlook string }

func (v *visit) holdCard(h client.HoldView, labels labelsOf) holdCard {
	c := holdCard{HoldView: h, Title: word("waiting.kind", string(h.Kind)), Since: v.moment(h.CreatedAt), Nameful: named(h.Name), Other: "vtiger"}
	if h.Direction == client.HoldViewDirectionToOutlook {
		c.Other = "outlook"
	}
	var candidates []string
	if h.Candidates != nil {
		candidates = *h.Candidates
	}
	own, others := map[client.HeldRecordSide]map[string]string{}, []client.HeldRecord{}
	for _, r := range h.Records {
		if slices.Contains(candidates, r.ID) && string(r.Side) == c.Other {
			others = append(others, r)
			continue
		}
		own[r.Side] = r.Fields
	}
	if h.Kind == client.HoldViewKindGuard { // what would be deleted, and nothing beside it
		side := client.HeldRecordSide(c.Other)
		own = map[client.HeldRecordSide]map[string]string{side: own[side]}
	}
	if len(others) == 0 {
		c.Pairs = []sideBySide{compared(h, own, labels)}
		return c
	}
	for _, r := range others {
		beside := map[client.HeldRecordSide]map[string]string{r.Side: r.Fields}
		for side, fields := range own {
			if side != r.Side {
				beside[side] = fields
			}
		}
		pair := compared(h, beside, labels)
		if pair.Number = len(c.Pairs) + 1; h.Kind == client.HoldViewKindAmbiguous {
			pair.Record = r.ID
		}
		c.Pairs = append(c.Pairs, pair)
	}
	return c
}

// compared puts two contacts beside each other: what a conflict is about first, then the fields in which they differ. Of
// one contact alone all fields are shown.
func compared(h client.HoldView, of map[client.HeldRecordSide]map[string]string, labels labelsOf) sideBySide {
	onV, onO := of[client.HeldRecordSideVtiger], of[client.HeldRecordSideOutlook]
	out, same := sideBySide{}, []string{}
	switch {
	case h.Shown != nil || len(onV) > 0 && len(onO) > 0:
	case len(onV) > 0:
		out.Alone = "vtiger"
	default:
		out.Alone = "outlook"
	}
	if h.Shown != nil {
		out.Rows = append(out.Rows, sideRow{labels.of(text(h.Field)), h.Shown.Vtiger, h.Shown.Outlook})
	}
	var fields []string
	for _, side := range of {
		for name := range side {
			if !slices.Contains(fields, name) && !(h.Shown != nil && name == text(h.Field)) {
				fields = append(fields, name)
			}
		}
	}
	for _, name := range labels.sorted(fields) {
		if onV[name] == onO[name] {
			same = append(same, labels.of(name))
			continue
		}
		out.Rows = append(out.Rows, sideRow{labels.of(name), onV[name], onO[name]})
	}
	out.Same = strings.Join(same, ", ")
	return out
}
