package vtiger

import (
	"context"
	"strings"

	"contactbridge/internal/contact"
)

// duplicateCode is the code of a write that vTiger's duplicate check refused; vTiger itself gives the number 0.
const duplicateCode = "duplicate"

// emailFields are the names that modules have for their first e-mail address.
var emailFields = []string{"email", "email1"}

// duplicate is the answer to an insert that vTiger's duplicate check refused: nothing was stored. It stays refused, yet
// Record is the one that stands in its way, when that can be known: the only visible record with the same e-mail address
// and the owner that the insert would have got. vTiger tells neither record nor field, and counts records that the
// account cannot see.
func (b *Book) duplicate(ctx context.Context, doing string, w contact.Write) contact.Written {
	e := &contact.Error{Kind: contact.BadRecord, Doing: doing, Code: duplicateCode, Sentence: refusals[codeDuplicate]}
	found := b.sameEmail(ctx, doing, w)
	if len(found) != 1 {
		return contact.Written{Outcome: contact.Refused, Err: e}
	}
	e.Sentence = "vTiger's duplicate check refuses this contact: vTiger holds " + found[0].ID + " with the same e-mail address."
	return contact.Written{Outcome: contact.Refused, Record: found[0], Err: e}
}

// sameEmail looks for records of the write's owner with its e-mail address; what cannot be asked is not found.
func (b *Book) sameEmail(ctx context.Context, doing string, w contact.Write) []contact.Record {
	for _, field := range emailFields {
		address := strings.TrimSpace(w.Values[field])
		if address == "" {
			continue
		}
		rows, err := b.rows(ctx, doing, vtql("where "+field+" = ?", address))
		if err != nil {
			return nil
		}
		var same []row
		for _, r := range rows { // vTiger's comparison ignores accents too
			if strings.EqualFold(strings.TrimSpace(r[field]), address) && r["assigned_user_id"] == w.Owner {
				same = append(same, r)
			}
		}
		records, err := b.records(ctx, doing, same)
		if err != nil {
			return nil
		}
		return records
	}
	return nil
}
