package vtiger

import (
	"context"
	"strings"

	"contactbridge/internal/contact"
)

// duplicateCode is the code of a write that vTiger's duplicate check refused; vTiger itself gives the number 0.
const duplicateCode = "duplicate"

// unique is a field by which modules are set to refuse duplicates.
type unique struct{ field, what string }

// emails are the names that modules have for their first e-mail address.
var emails = []unique{{"email", "e-mail address"}, {"email1", "e-mail address"}}

// uniques gives the fields by which the module may know a duplicate, the likeliest first: Accounts refuses equal names
// unless an administrator changed that.
func uniques(module string) []unique {
	if module == "Accounts" {
		return append([]unique{{"accountname", "name"}}, emails...)
	}
	return emails
}

// duplicate is the answer to an insert that vTiger's duplicate check refused: nothing was stored. It stays refused, yet
// Record is the one that stands in its way, when that can be known: the only visible record with the same name (Accounts)
// or else e-mail address, and with the owner that the insert would have got or another one of its scope. vTiger tells neither record nor field, and
// counts records that the account cannot see.
func (b *Book) duplicate(ctx context.Context, doing string, w contact.Write) contact.Written {
	e := &contact.Error{Kind: contact.BadRecord, Doing: doing, Code: duplicateCode, Sentence: refusals[codeDuplicate]}
	out := contact.Written{Outcome: contact.Refused, Err: e}
	for _, u := range uniques(b.module) {
		found := b.same(ctx, doing, u.field, w)
		if len(found) == 1 {
			out.Record = found[0]
			e.Sentence = "vTiger's duplicate check refuses this record: vTiger holds " + found[0].ID + " with the same " + u.what + "."
		}
		if len(found) > 0 {
			break
		}
	}
	return out
}

// same looks for records of the write's owner, or of its scope, that hold the same in the field; what cannot be asked is not found.
func (b *Book) same(ctx context.Context, doing, field string, w contact.Write) []contact.Record {
	value := strings.TrimSpace(w.Values[field])
	if value == "" {
		return nil
	}
	rows, err := b.rows(ctx, doing, vtql("where "+field+" = ?", value))
	if err != nil {
		return nil
	}
	var same []row
	for _, r := range rows { // vTiger's comparison ignores accents too
		if strings.EqualFold(strings.TrimSpace(r[field]), value) && (r["assigned_user_id"] == w.Owner || w.Scope != nil && w.Scope(r["assigned_user_id"])) {
			same = append(same, r)
		}
	}
	records, err := b.records(ctx, doing, same)
	if err != nil {
		return nil
	}
	return records
}
