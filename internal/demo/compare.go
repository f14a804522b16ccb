package demo

import (
	"fmt"
	"slices"
	"strings"

	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
)

// pairs says which vTiger field holds what which Outlook property holds. It is written by hand and shares nothing with
// the product's own mapping, so that it does not share its mistakes.
var pairs = [][2]string{
	{"salutationtype", "title"},
	{"firstname", "givenName"},
	{"lastname", "surname"},
	{"title", "jobTitle"},
	{"department", "department"},
	{"assistant", "assistantName"},
	{"mobile", "mobilePhone"},
	{"birthday", "birthday"},
	{"description", "personalNotes"},
	{"mailingstreet", "businessAddress.street"},
	{"mailingcity", "businessAddress.city"},
	{"mailingstate", "businessAddress.state"},
	{"mailingzip", "businessAddress.postalCode"},
	{"mailingcountry", "businessAddress.countryOrRegion"},
	{"otherstreet", "otherAddress.street"},
	{"othercity", "otherAddress.city"},
	{"otherstate", "otherAddress.state"},
	{"otherzip", "otherAddress.postalCode"},
	{"othercountry", "otherAddress.countryOrRegion"},
}

// Compare puts one user's contacts of both sides against each other, field by field, and returns how many values it
// compared and every difference.
func Compare(v *vtigersim.Server, m *graphsim.Server, p Person) (compared int, differences []string) {
	left, right := map[string]map[string]string{}, map[string]map[string]any{}
	owned, held := 0, m.Contacts(p.Mailbox, "")
	for _, c := range v.Contacts() {
		if c["assigned_user_id"] == p.ID {
			owned++
			left[addresses(c["email"], c["secondaryemail"])] = c
		}
	}
	for _, c := range held {
		right[addresses(mails(c)...)] = c
	}
	// Those without an address, or with the same one, share a place above.
	if owned != len(held) {
		differences = append(differences, fmt.Sprintf("%s: %d contacts in vTiger, %d in Outlook", p.Name, owned, len(held)))
	}
	for key := range right {
		if left[key] == nil {
			differences = append(differences, fmt.Sprintf("%s: %s is in Outlook only", p.Name, key))
		}
	}
	for key, c := range left {
		if right[key] == nil {
			differences = append(differences, fmt.Sprintf("%s: %s is in vTiger only", p.Name, key))
			continue
		}
		n, d := compare(v, c, right[key])
		compared += n + 1 // the addresses, by which they were found
		for _, line := range d {
			differences = append(differences, fmt.Sprintf("%s: %s: %s", p.Name, key, line))
		}
	}
	slices.Sort(differences)
	return compared, differences
}

// compare puts one person's two contacts against each other.
func compare(v *vtigersim.Server, left map[string]string, right map[string]any) (compared int, differences []string) {
	check := func(what, a, b string) {
		compared++
		if a != b {
			differences = append(differences, fmt.Sprintf("%s: vTiger has %q, Outlook has %q", what, a, b))
		}
	}
	for _, p := range pairs {
		check(p[0], strings.TrimSpace(left[p[0]]), strings.TrimSpace(property(right, p[1])))
	}
	check("phone", addresses(left["phone"], left["otherphone"]), addresses(list(right["businessPhones"])...))
	check("homephone", addresses(left["homephone"]), addresses(list(right["homePhones"])...))
	if account, found := v.Record(left["account_id"]); found {
		check("account_id", account["accountname"], property(right, "companyName"))
	}
	return compared, differences
}

// property reads a property, or a part of an address by a dotted name; of a birthday only the date.
func property(c map[string]any, name string) string {
	value := c[name]
	if address, part, dotted := strings.Cut(name, "."); dotted {
		parts, _ := c[address].(map[string]any)
		value = parts[part]
	}
	s, _ := value.(string)
	if name == "birthday" && len(s) > 10 {
		s = s[:10]
	}
	return strings.ReplaceAll(s, "\r\n", "\n")
}

// addresses is a set as one text.
func addresses(values ...string) string {
	var out []string
	for _, s := range values {
		if s = strings.ToLower(strings.TrimSpace(s)); s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func mails(c map[string]any) []string {
	var out []string
	entries, _ := c["emailAddresses"].([]any)
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		s, _ := entry["address"].(string)
		out = append(out, s)
	}
	return out
}

func list(value any) []string {
	var out []string
	entries, _ := value.([]any)
	for _, e := range entries {
		s, _ := e.(string)
		out = append(out, s)
	}
	return out
}
