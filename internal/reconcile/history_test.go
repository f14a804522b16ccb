package reconcile

import (
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"contactbridge/internal/contact"
)

// history is a policy and what people and runs did under it.
type history struct {
	Policy     Policy
	Directions map[contact.Field]contact.Direction
	Steps      []happening
	Later      []happening // what a law lets happen after the history came to rest
	Side       contact.Side
	Twins      twinning
	Peer       Policy // of another connection with the same vTiger
	Ahead      map[contact.Side]time.Duration
}

// happening is one thing that a person, the network or the schedule did. What cannot happen as it stands does not.
type happening struct {
	Kind  string
	Side  contact.Side
	Which int // picks a record
	Field contact.Field
	Value string
	Faces contact.Contact
	Run   contact.Direction
}

var (
	longNote = strings.Repeat("a long note ", 3)
	pools    = map[contact.Field][]string{
		"givenName":      {"", "Ann", "Bo", "Annabelle-Marie", "Bo 🎉"},
		"surname":        {"", "Gray", "Ng", "Featherstonehaugh", "🎉", "Gray 🎉"},
		"companyName":    {"", "Acme", "Beta"},
		"jobTitle":       {"", "CEO", "CTO", "🎉"},
		"personalNotes":  {"", "short", longNote + "one", longNote + "two"},
		"emailAddresses": {"", "a@x.test", "A@x.test\nb@x.test", "b@x.test\nc@x.test", "c@x.test\na@x.test\nd@x.test", "e@x.test\ne@x.test"},
		"homePhones":     {"", "030 1234567", "+49 30 1234567\n030 7654321", "030 7654321"},
		"mobilePhone":    {"", "0171 1234567", "+49 171 1234567", "0171 7654321 ext 5"},
	}
	fields     = slices.Sorted(maps.Keys(pools))
	directions = rapid.SampledFrom([]contact.Direction{contact.Both, contact.Both, contact.Both, contact.ToOutlook, contact.ToVTiger})
	sides      = rapid.SampledFrom(contact.Sides[:])
)

// modelShapes are the fields of the model, with limits so small that they matter.
func modelShapes(directions map[contact.Field]contact.Direction) []contact.Shape {
	v := func(limit int) map[contact.Side]int { return map[contact.Side]int{contact.VTiger: limit} }
	bmp := map[contact.Side]bool{contact.VTiger: true}
	out := []contact.Shape{
		{Field: "givenName", Type: contact.Text, Limits: v(6), BMP: bmp},
		{
			Field: "surname", Type: contact.Text, Limits: v(8), BMP: bmp,
			Required: contact.VTiger, Fallback: []contact.Field{"givenName", "companyName", "emailAddresses"},
		},
		{Field: "companyName", Type: contact.Text, BMP: bmp},
		{Field: "jobTitle", Type: contact.Text, BMP: bmp},
		{Field: "personalNotes", Type: contact.Text, BMP: bmp},
		{Field: "emailAddresses", Type: contact.Emails, Limits: map[contact.Side]int{contact.VTiger: 2, contact.Outlook: 3}},
		{Field: "homePhones", Type: contact.Phones, Limits: map[contact.Side]int{contact.VTiger: 1, contact.Outlook: 2}, Region: "DE"},
		{Field: "mobilePhone", Type: contact.Phone, Limits: v(50), Region: "DE"},
	}
	for i := range out {
		out[i].Direction = directions[out[i].Field]
	}
	return out
}

// policies draws what a connection's user may decide.
var policies = rapid.Custom(func(t *rapid.T) Policy {
	either := func(what string) map[contact.Side]bool {
		return map[contact.Side]bool{contact.VTiger: rapid.Bool().Draw(t, what+" vTiger"), contact.Outlook: rapid.Bool().Draw(t, what+" Outlook")}
	}
	p := Policy{
		Direction: directions.Draw(t, "direction"), DeleteWins: rapid.Bool().Draw(t, "deleteWins"),
		Conflict: rapid.SampledFrom([]ConflictPolicy{VTigerWins, OutlookWins, NewestWins, AskFirst}).Draw(t, "conflict"),
		Deletes:  either("deletes in"), RemoveCopy: map[contact.Side]bool{},
		AskInstance: rapid.Bool().Draw(t, "askInstance"),
		Elsewhere:   rapid.SampledFrom([]ElsewherePolicy{SkipElsewhere, HoldElsewhere, InsertElsewhere}).Draw(t, "elsewhere"),
	}
	if rapid.IntRange(0, 2).Draw(t, "scope exit") == 0 {
		p.RemoveCopy = either("removes in")
	}
	if rapid.IntRange(0, 3).Draw(t, "from a date") == 0 {
		p.SyncFrom = dawn.Add(rapid.SampledFrom([]time.Duration{time.Hour, 2 * time.Hour}).Draw(t, "from"))
	}
	return p
})

// faces draws a whole contact.
var faces = rapid.Custom(func(t *rapid.T) contact.Contact {
	c := contact.Contact{unmapped: rapid.SampledFrom([]string{"", "private"}).Draw(t, "unmapped")}
	for _, f := range fields {
		if rapid.Bool().Draw(t, "has "+string(f)) {
			c = c.With(f, rapid.SampledFrom(pools[f]).Draw(t, string(f)))
		}
	}
	return c
})

// happenings draws something of one of the kinds.
func happenings(kinds ...string) *rapid.Generator[happening] {
	return rapid.Custom(func(t *rapid.T) happening {
		h := happening{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Side: sides.Draw(t, "side")}
		switch h.Kind {
		case "sync", "peer sync":
			h.Run = directions.Draw(t, "run")
		case "insert", "peer insert":
			h.Faces = faces.Draw(t, "faces")
		case "answer", "lose":
			h.Which = rapid.IntRange(0, 7).Draw(t, "which")
		default:
			h.Which = rapid.IntRange(0, 7).Draw(t, "which")
			h.Field = rapid.SampledFrom(fields).Draw(t, "field")
			h.Value = rapid.SampledFrom(pools[h.Field]).Draw(t, "value")
		}
		return h
	})
}

// histories draws everything: some contacts, then anything.
var histories = rapid.Custom(func(t *rapid.T) history {
	h := history{Policy: policies.Draw(t, "policy"), Directions: map[contact.Field]contact.Direction{}, Side: sides.Draw(t, "side")}
	for _, f := range fields {
		if f != "surname" { // without a last name vTiger takes no contact at all
			h.Directions[f] = directions.Draw(t, "direction of "+string(f))
		}
	}
	h.Steps = rapid.SliceOfN(happenings("insert"), 1, 4).Draw(t, "at first")
	h.Steps = append(h.Steps, rapid.SliceOfN(happenings(
		"insert", "edit", "edit", "edit", "edit", "remove", "restore", "leave", "return", "hide", "show", "busy", "quiet", "sync", "sync", "sync",
		"undo", "answer", "lose", "peer insert", "peer edit", "peer remove", "peer sync",
	), 0, 12).Draw(t, "then")...)
	h.Later = rapid.SliceOfN(happenings("edit", "edit", "leave", "hide", "busy"), 1, 4).Draw(t, "later")
	h.Twins = twinnings.Draw(t, "twins")
	h.Peer = policies.Draw(t, "peer's policy")
	h.Peer.Conflict = VTigerWins
	skew := rapid.SampledFrom([]time.Duration{0, 0, -30 * time.Minute, 30 * time.Minute})
	h.Ahead = map[contact.Side]time.Duration{contact.VTiger: skew.Draw(t, "vTiger's clock"), contact.Outlook: skew.Draw(t, "Outlook's clock")}
	return h
})

// happen lets one thing happen; the planner and the law are asked when it is a sync. Twenty minutes pass.
func (m *model) happen(h happening, plan maker, law audit) error {
	m.now = m.now.Add(20 * time.Minute)
	if kind, ofPeer := strings.CutPrefix(h.Kind, "peer "); ofPeer {
		h.Kind, h.Side, m.peer.now = kind, contact.Outlook, m.now
		return m.peer.happen(h, plan, law)
	}
	switch h.Kind {
	case "sync":
		_, err := m.sync(plan, h.Run, law)
		return err
	case "insert":
		_, _ = m.store(h.Side, "", h.Faces) // a store that refuses what a person enters changes nothing
		return nil
	case "answer":
		m.answer(h.Which)
		return nil
	case "lose":
		m.lose = []string{"stored", "dropped"}[h.Which%2]
		return nil
	}
	ids := slices.Sorted(maps.Keys(m.books[h.Side]))
	if len(ids) == 0 {
		return nil
	}
	id := ids[h.Which%len(ids)]
	m.befall(h, id, m.books[h.Side][id])
	return nil
}

// answer says something to every question of the last plan.
func (m *model) answer(which int) {
	for _, h := range m.holds {
		a := Answer{Verdict: []Verdict{Approve, Discard, TakeVTiger, TakeOutlook}[which%4]}
		if len(h.Candidates) > 0 && h.Kind == AmbiguousHold && which > 3 {
			a = Answer{Verdict: Approve, Record: h.Candidates[which%len(h.Candidates)]}
		}
		m.answers[h.Question] = a
	}
}

// undo saves an old form of a vTiger record over what we wrote to one of its fields.
func (m *model) undo(id string, f contact.Field) {
	if l := m.linkOf(contact.VTiger, id); l != nil {
		if old, written := l.Replaced[f]; written {
			_, _ = m.store(contact.VTiger, id, contact.Contact{f: old.Value})
		}
	}
}

// befall lets something happen to one record.
func (m *model) befall(h happening, id string, r *stored) {
	switch here := r.presence == contact.Present; {
	case h.Kind == "undo" && here && h.Side == contact.VTiger:
		m.undo(id, h.Field)
	case h.Kind == "edit" && here:
		_, _ = m.store(h.Side, id, contact.Contact{h.Field: h.Value})
	case h.Kind == "remove" && here:
		r.presence = contact.Deleted
	case h.Kind == "restore" && r.presence == contact.Deleted, h.Kind == "return" && r.presence == contact.Outside:
		r.presence = contact.Present
	case h.Kind == "leave" && here:
		r.presence = contact.Outside
	case h.Kind == "hide" || h.Kind == "show":
		r.absent = h.Kind == "hide"
	case h.Kind == "busy" || h.Kind == "quiet":
		r.busy = h.Kind == "busy" && m.linkOf(h.Side, id) != nil
	}
}

// calm ends every disturbance but deletions.
func (m *model) calm() {
	m.lose, m.peer.lose = "", ""
	for _, book := range []map[string]*stored{m.books[contact.VTiger], m.books[contact.Outlook], m.peer.books[contact.Outlook]} {
		for _, r := range book {
			r.absent, r.busy = false, false
			if r.presence == contact.Outside {
				r.presence = contact.Present
			}
		}
	}
}
