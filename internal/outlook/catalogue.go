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
	Name  string
	Label string
	Kind  Kind
	Most  int // lists: how many values Outlook takes, more are refused; else 0
}

// Catalogue lists every property that records show and writes take.
var Catalogue = []Property{
	{Name: "title", Label: "Title", Kind: Text},
	{Name: "givenName", Label: "First name", Kind: Text},
	{Name: "middleName", Label: "Middle name", Kind: Text},
	{Name: "surname", Label: "Last name", Kind: Text},
	{Name: "generation", Label: "Suffix", Kind: Text},
	{Name: "nickName", Label: "Nickname", Kind: Text},
	{Name: "displayName", Label: "Display name", Kind: Text},
	{Name: "companyName", Label: "Company", Kind: Text},
	{Name: "department", Label: "Department", Kind: Text},
	{Name: "jobTitle", Label: "Job title", Kind: Text},
	{Name: "profession", Label: "Profession", Kind: Text},
	{Name: "officeLocation", Label: "Office", Kind: Text},
	{Name: "assistantName", Label: "Assistant", Kind: Text},
	{Name: "manager", Label: "Manager", Kind: Text},
	{Name: "spouseName", Label: "Spouse", Kind: Text},
	{Name: "businessHomePage", Label: "Web page", Kind: Text},
	{Name: "personalNotes", Label: "Notes", Kind: Text},
	{Name: "birthday", Label: "Birthday", Kind: Date},
	{Name: "emailAddresses", Label: "E-mail addresses", Kind: EmailList, Most: 3},
	{Name: "imAddresses", Label: "Chat addresses", Kind: TextList, Most: 3},
	{Name: "mobilePhone", Label: "Mobile phone", Kind: Phone},
	{Name: "businessPhones", Label: "Business phones", Kind: PhoneList, Most: 2},
	{Name: "homePhones", Label: "Home phones", Kind: PhoneList, Most: 2},
	{Name: "businessAddress.street", Label: "Business street", Kind: Text},
	{Name: "businessAddress.city", Label: "Business city", Kind: Text},
	{Name: "businessAddress.state", Label: "Business state", Kind: Text},
	{Name: "businessAddress.postalCode", Label: "Business postal code", Kind: Text},
	{Name: "businessAddress.countryOrRegion", Label: "Business country", Kind: Text},
	{Name: "homeAddress.street", Label: "Home street", Kind: Text},
	{Name: "homeAddress.city", Label: "Home city", Kind: Text},
	{Name: "homeAddress.state", Label: "Home state", Kind: Text},
	{Name: "homeAddress.postalCode", Label: "Home postal code", Kind: Text},
	{Name: "homeAddress.countryOrRegion", Label: "Home country", Kind: Text},
	{Name: "otherAddress.street", Label: "Other street", Kind: Text},
	{Name: "otherAddress.city", Label: "Other city", Kind: Text},
	{Name: "otherAddress.state", Label: "Other state", Kind: Text},
	{Name: "otherAddress.postalCode", Label: "Other postal code", Kind: Text},
	{Name: "otherAddress.countryOrRegion", Label: "Other country", Kind: Text},
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
