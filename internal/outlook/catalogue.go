package outlook

import "strings"

// Kind says how a property's value in Record.Values reads.
type Kind string

// The kinds of properties. Lists have one value a line.
const (
	Text      Kind = "text"
	TextList  Kind = "text-list"
	EmailList Kind = "email-list" // addresses only: Outlook fills in display names of its own
	Phone     Kind = "phone"
	PhoneList Kind = "phone-list"
	Date      Kind = "date" // YYYY-MM-DD; 1604 stands for an unknown year
)

// Property is one field of an Outlook contact by its name in Record.Values.
type Property struct {
	Name string
	Kind Kind
	Most int // lists: how many values Outlook takes, more are refused; else 0
}

// Catalogue lists every property that records show and writes take. Not in it: initials and fileAs, which Outlook makes
// from the name at every change of it; and primaryEmailAddress and its like, which repeat emailAddresses.
var Catalogue = []Property{
	{Name: "title", Kind: Text},
	{Name: "givenName", Kind: Text},
	{Name: "middleName", Kind: Text},
	{Name: "surname", Kind: Text},
	{Name: "generation", Kind: Text},
	{Name: "nickName", Kind: Text},
	{Name: "yomiGivenName", Kind: Text},
	{Name: "yomiSurname", Kind: Text},
	{Name: "displayName", Kind: Text},
	{Name: "companyName", Kind: Text},
	{Name: "yomiCompanyName", Kind: Text},
	{Name: "department", Kind: Text},
	{Name: "jobTitle", Kind: Text},
	{Name: "profession", Kind: Text},
	{Name: "officeLocation", Kind: Text},
	{Name: "assistantName", Kind: Text},
	{Name: "manager", Kind: Text},
	{Name: "spouseName", Kind: Text},
	{Name: "children", Kind: TextList},
	{Name: "categories", Kind: TextList},
	{Name: "businessHomePage", Kind: Text},
	{Name: "personalNotes", Kind: Text},
	{Name: "birthday", Kind: Date},
	{Name: "emailAddresses", Kind: EmailList, Most: 3},
	{Name: "imAddresses", Kind: TextList, Most: 3},
	{Name: "mobilePhone", Kind: Phone},
	{Name: "businessPhones", Kind: PhoneList, Most: 2},
	{Name: "homePhones", Kind: PhoneList, Most: 2},
	{Name: "businessAddress.street", Kind: Text},
	{Name: "businessAddress.city", Kind: Text},
	{Name: "businessAddress.state", Kind: Text},
	{Name: "businessAddress.postalCode", Kind: Text},
	{Name: "businessAddress.countryOrRegion", Kind: Text},
	{Name: "homeAddress.street", Kind: Text},
	{Name: "homeAddress.city", Kind: Text},
	{Name: "homeAddress.state", Kind: Text},
	{Name: "homeAddress.postalCode", Kind: Text},
	{Name: "homeAddress.countryOrRegion", Kind: Text},
	{Name: "otherAddress.street", Kind: Text},
	{Name: "otherAddress.city", Kind: Text},
	{Name: "otherAddress.state", Kind: Text},
	{Name: "otherAddress.postalCode", Kind: Text},
	{Name: "otherAddress.countryOrRegion", Kind: Text},
}

// The wire names of what the catalogue spells as address.part.
var (
	addressNames = []string{"businessAddress", "homeAddress", "otherAddress"}
	addressParts = []string{"street", "city", "state", "postalCode", "countryOrRegion"}
)

// kinds finds the kind of each catalogue name.
var kinds = func() map[string]Kind {
	out := make(map[string]Kind, len(Catalogue))
	for _, p := range Catalogue {
		out[p.Name] = p.Kind
	}
	return out
}()

// most is how many values a list takes; 0 when no limit is known.
func most(name string) int {
	for _, p := range Catalogue {
		if p.Name == name {
			return p.Most
		}
	}
	return 0
}

// selected is what every reading asks for: the catalogue's wire names and the version.
var selected = func() []string {
	out := []string{"id", "changeKey", "lastModifiedDateTime"}
	for _, p := range Catalogue {
		if !strings.Contains(p.Name, ".") {
			out = append(out, p.Name)
		}
	}
	return append(out, addressNames...)
}()
