package worker_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// happened tells what became of the plan since it was told last, one operation or finding a line with its reason, and
// below it the fields with what the side showed before and is to show.
func (s *story) happened(x *actor) []string {
	s.learn(x)
	var ops []ledger.Operation
	err := s.ledger.DB().NewSelect().Model(&ops).Where("connection_id = ? AND place > ?", x.connection, x.place).Order("id").Scan(s.t.Context())
	require.NoError(s.t, err)
	for _, op := range ops {
		x.place = max(x.place, op.Place)
	}
	slices.SortStableFunc(ops, func(a, b ledger.Operation) int { return s.rank(x, a) - s.rank(x, b) })
	var out []string
	for i := 0; i < len(ops); {
		told := s.told(x, ops[i])
		alike := 1
		for i+alike < len(ops) && slices.Equal(told, s.told(x, ops[i+alike])) {
			alike++
		}
		if alike > 1 {
			told[0] = fmt.Sprintf("%d × %s", alike, told[0])
		}
		out = append(out, told...)
		i += alike
	}
	if len(out) == 0 {
		return []string{"nothing"}
	}
	return out
}

// rank orders the lines by the story's names, for the ids are nobody's business; who has none comes last.
func (s *story) rank(x *actor, op ledger.Operation) int {
	if n, known := s.names.order[s.called(x, op)]; known {
		return n
	}
	return len(s.names.order)
}

// told is one operation or finding.
func (s *story) told(x *actor, op ledger.Operation) []string {
	who := s.called(x, op)
	crowd := isCrowd(who)
	if crowd {
		who = crowdOf(who)
	}
	if op.Outcome == ledger.Held {
		return append([]string{fmt.Sprintf("%-31s  %s", "asks     "+who, s.named(x, op.Reason))}, s.choice(x, op)...)
	}
	what := fmt.Sprintf("%-8s %s", op.Action, who)
	if op.Action != ledger.LinkAction && op.Action != ledger.SkipAction {
		what += " in " + op.Side.Title()
	}
	switch {
	case op.Outcome == ledger.Done, op.Action == ledger.SkipAction:
	case op.Outcome == ledger.Planned:
		what += ", left for the next sync"
	default:
		what += ", " + string(op.Outcome)
	}
	out := []string{fmt.Sprintf("%-31s  %s", what, s.named(x, op.Reason))}
	if crowd || op.Action == contact.Delete {
		return out
	}
	return append(out, s.fields(x, op)...)
}

// fields tells the changes of an operation in the order of the mapping, of an insert all values in one line.
func (s *story) fields(x *actor, op ledger.Operation) (out []string) {
	var inserted []string
	for _, shape := range s.connected(x).Shapes() {
		change, is := op.Fields[shape.Field]
		if !is {
			continue
		}
		after := quoted(shape, change.After)
		switch op.Action {
		case contact.Insert:
			inserted = append(inserted, fmt.Sprintf("%s: %s", shape.Field, after))
		case ledger.ConflictAction:
			out = append(out, fmt.Sprintf("         %s: %s is kept, %s is given up", shape.Field, after, quoted(shape, change.Lost)))
		default:
			out = append(out, fmt.Sprintf("         %s: %s -> %s", shape.Field, quoted(shape, change.Before), after))
		}
	}
	if len(inserted) > 0 {
		return []string{"         " + strings.Join(inserted, ", ")}
	}
	return out
}

// choice tells the two values between which a person is to choose.
func (s *story) choice(x *actor, op ledger.Operation) (out []string) {
	if op.Action != ledger.ConflictAction {
		return nil
	}
	for _, shape := range s.connected(x).Shapes() {
		if change, is := op.Fields[shape.Field]; is {
			out = append(out, fmt.Sprintf("         %s: %s in vTiger, %s in Outlook",
				shape.Field, quoted(shape, change.Faces.VTiger), quoted(shape, change.Faces.Outlook)))
		}
	}
	return out
}

// quoted shows a value, of a long one the beginning and how long it is.
func quoted(shape contact.Shape, v string) string {
	if shape.Type.IsSet() {
		v = strings.ReplaceAll(v, "\n", ", ")
	}
	const most = 60
	if runes := []rune(v); len(runes) > most {
		return strconv.Quote(string(runes[:most/2])+"…") + fmt.Sprintf(" (%d characters)", len(runes))
	}
	return strconv.Quote(v)
}
