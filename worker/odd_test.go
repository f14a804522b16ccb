package worker_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// writes counts what either side received.
func (r *rig) writes() map[string]int {
	out := map[string]int{}
	for _, op := range []string{"contacts.create", "contacts.update", "contacts.delete"} {
		out[op] = r.microsoft.Count(op)
	}
	for _, op := range []string{"create", "revise", "update", "delete"} {
		out[op] = r.vtiger.Count(op)
	}
	return out
}

func mailsOf(list ...string) []any {
	var out []any
	for _, a := range list {
		out = append(out, map[string]any{"address": a})
	}
	return out
}

func oddities() (left []map[string]string, right []map[string]any) {
	texts := map[string]string{
		"emoji": "Hi \U0001F600 there", "onlyemoji": "\U0001F600\U0001F601", "long": strings.Repeat("abcdefghi ", 60), "html": `<b>bold</b> & "q" <script>alert(1)</script> &amp; x`,
		"lt": "a < b > c", "crlf": "one\r\ntwo\r\n\r\nthree", "lf": "one\ntwo\n", "tab": "a\tb\t", "spaces": "  lead and trail  ", "nfd": "Jose\u0301 Mu\u0308ller",
		"ctrl": "a\x01b\x0bc", "nbsp": "\u00a0x\u00a0", "zw": "\u200bx\u200b", "quote": `O'Neil \ "x" \\n`, "question": "????", "zero": "0", "ent": "&lt;b&gt; &euro; &nbsp;", "longemoji": strings.Repeat("\U0001F600x", 60), "cr": "a\rb", "ls": "a\u2028b",
	}
	i := 0
	for name, x := range texts {
		i++
		for _, f := range [][2]string{{"title", "jobTitle"}, {"description", "personalNotes"}, {"firstname", "givenName"}, {"lastname", "surname"}, {"mailingstreet", "businessAddress.street"}, {"department", "department"}} {
			id := fmt.Sprintf("%s.%s", name, f[0])
			v := map[string]string{"firstname": "V", "lastname": "L " + id, "email": "v." + id + "@x.example"}
			v[f[0]] = x
			left = append(left, v)
			o := map[string]any{"givenName": "O", "surname": "L " + id, "emailAddresses": mailsOf("o." + id + "@x.example")}
			if f[1] == "businessAddress.street" {
				o["businessAddress"] = map[string]any{"street": x}
			} else {
				o[f[1]] = x
			}
			right = append(right, o)
		}
	}
	add := func(o map[string]any) { right = append(right, o) }
	add(map[string]any{"companyName": "Lone & Co"})
	add(map[string]any{"givenName": "Onlygiven"})
	add(map[string]any{"emailAddresses": mailsOf("only@mail.example")})
	add(map[string]any{"mobilePhone": "+49 170 1111111"})
	add(map[string]any{"surname": "Mails3", "emailAddresses": mailsOf("a1@three.example", "a2@three.example", "a3@three.example")})
	add(map[string]any{"surname": "UpperMail", "emailAddresses": mailsOf("UPPER@Three.EXAMPLE", "upper@three.example")})
	add(map[string]any{"surname": "LongMail", "emailAddresses": mailsOf(strings.Repeat("x", 120) + "@long.example")})
	add(map[string]any{"surname": "BadMail", "emailAddresses": mailsOf("not an address")})
	add(map[string]any{"surname": "SpaceMail", "emailAddresses": mailsOf("  sp@x.example ")})
	add(map[string]any{"surname": "DupPhones", "businessPhones": []any{"+49 30 123456", "+4930123456"}, "homePhones": []any{"030 1", "030 2"}})
	add(map[string]any{"surname": "PhoneForm", "businessPhones": []any{"(030) 12-34/56 ext. 7"}, "mobilePhone": "0170/ 12 34"})
	add(map[string]any{"surname": "LongPhone", "businessPhones": []any{strings.Repeat("12 34 ", 14)}, "mobilePhone": strings.Repeat("98 76 ", 14), "homePhones": []any{"call me at night: " + strings.Repeat("z", 50)}})
	add(map[string]any{"surname": "B1604", "birthday": "1604-02-29T11:59:00Z"})
	add(map[string]any{"surname": "City only", "businessAddress": map[string]any{"city": "Bonn"}})
	add(map[string]any{"surname": "LongCity", "businessAddress": map[string]any{"city": strings.Repeat("C", 60), "countryOrRegion": strings.Repeat("L", 60)}})
	addv := func(v map[string]string) { left = append(left, v) }
	addv(map[string]string{"lastname": "VB1604", "birthday": "1604-01-01"})
	addv(map[string]string{"lastname": "VB", "birthday": "1899-12-31"})
	addv(map[string]string{"lastname": "VMail", "email": "UP@v.example", "secondaryemail": "up@v.example"})
	addv(map[string]string{"lastname": "VMail2", "secondaryemail": "only2@v.example"})
	addv(map[string]string{"lastname": "VMailBad", "email": "not an address"})
	addv(map[string]string{"lastname": "VMailSame", "email": "same@v.example", "secondaryemail": "same@v.example"})
	addv(map[string]string{"lastname": "VPhones", "phone": "030 5", "otherphone": "030 5", "homephone": "  030 6 ", "mobile": "+49 (0) 170 22"})
	addv(map[string]string{"lastname": "VPhoneText", "phone": "see  notes\tplease", "mobile": "none"})
	addv(map[string]string{"lastname": "VCity", "mailingcity": "Bonn"})
	addv(map[string]string{"lastname": " VSpace ", "firstname": " "})
	addv(map[string]string{"lastname": "."})
	return left, right
}

// quietAfter demands that later syncs send no write.
func (r *rig) quietAfter(t *testing.T) {
	before := r.writes()
	for _, key := range []string{"q1", "q2", "q3"} {
		run := r.sync(key)
		ops, err := r.ledger.DB().QueryContext(t.Context(), "select side,action,outcome,name,fields::text,reason from operations where run_id=?", run.ID)
		require.NoError(t, err)
		for ops.Next() {
			var a, b, c, d, e, f string
			require.NoError(t, ops.Scan(&a, &b, &c, &d, &e, &f))
			t.Logf("%s: %s %s %s %.30q %.400s %s", key, a, b, c, d, e, f)
		}
		require.NoError(t, ops.Err())
	}
	require.Equal(t, before, r.writes())
}

// Whatever a side makes of odd values, the sync after their insert writes nothing.
func TestOddValuesSettle(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	left, right := oddities()
	for _, v := range left {
		require.NotEmpty(t, r.vtiger.AddContact(r.user.ID, v))
	}
	for _, o := range right {
		_, err := r.microsoft.Create(r.user.Mailbox, "", o)
		require.NoError(t, err)
	}
	t.Log(r.counts(r.sync("first")))
	r.quietAfter(t)
}

// Nor does the one after an edit to odd values.
func TestOddEditsSettle(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	left, right := oddities()
	var ids []string
	var others []string
	for i := range left {
		ids = append(ids, r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "V", "lastname": fmt.Sprint("V", i), "title": "t", "mobile": "1"}))
	}
	for i := range right {
		others = append(others, r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "O", "surname": fmt.Sprint("O", i), "jobTitle": "t", "mobilePhone": "1", "birthday": "1970-01-02T11:59:00Z", "companyName": "C"}))
	}
	r.sync("first")
	for i, v := range left {
		require.NoError(t, r.vtiger.Edit(ids[i], v))
	}
	for i, o := range right {
		require.NoError(t, r.microsoft.Edit(r.user.Mailbox, others[i], o))
	}
	t.Log(r.counts(r.sync("edits")))
	r.quietAfter(t)
}

// Nor does the one after two strangers were linked that hold odd values on both sides.
func TestOddStrangersSettle(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	left, right := oddities()
	for i, v := range left {
		if i >= len(right) {
			break
		}
		o := right[(i+7)%len(right)]
		mail := fmt.Sprintf("match%d@x.example", i)
		v["email"] = mail
		list, _ := o["emailAddresses"].([]any)
		if len(list) > 2 {
			list = list[:2]
		}
		o["emailAddresses"] = append(append([]any{}, list...), mailsOf(mail)...)
		require.NotEmpty(t, r.vtiger.AddContact(r.user.ID, v))
		_, err := r.microsoft.Create(r.user.Mailbox, "", o)
		require.NoError(t, err)
	}
	t.Log(r.counts(r.sync("first")))
	r.quietAfter(t)
}

// Nor do edits of both sides at once.
func TestOddEditsOnBothSidesSettle(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	left, right := oddities()
	for i := range min(len(left), len(right)) {
		mail := fmt.Sprintf("pair%d@x.example", i)
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": fmt.Sprint("P", i), "title": "t", "mobile": "1", "email": mail, "phone": "030 1"})
	}
	r.sync("first")
	v, o := r.vtiger.Contacts(), r.microsoft.Contacts(r.user.Mailbox, "")
	for i := range v {
		delete(left[i], "email")
		if i%2 == 0 {
			left[i]["email"], left[i]["secondaryemail"], left[i]["phone"] = fmt.Sprintf("new%d@x.example", i), "", "030 7"
		}
		require.NoError(t, r.vtiger.Edit(v[i]["id"], left[i]))
	}
	for i := range o {
		id, _ := o[i]["id"].(string)
		require.NoError(t, r.microsoft.Edit(r.user.Mailbox, id, right[i]))
	}
	t.Log(r.counts(r.sync("edits")))
	r.quietAfter(t)
}
