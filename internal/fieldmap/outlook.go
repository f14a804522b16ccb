package fieldmap

import "contactbridge/internal/contact"

// Property is one Outlook property that can be mapped.
type Property struct {
	Name  string       `json:"name"`
	Label string       `json:"label"`
	Type  contact.Type `json:"type"`
	Most  int          `json:"most,omitempty" doc:"For lists: how many values Outlook takes"`
}

// Properties is the catalogue of Outlook properties that can be mapped, in the order in which people think of them.
// The limits of lists are Microsoft's: a contact with more is refused with 400.
//
// What Outlook makes of other properties is not offered, for the next change of those would overwrite it: displayName,
// fileAs, initials, and the names beside e-mail addresses. The display name is still sent along with a name part, so that
// one which the user chose survives.
var Properties = []Property{
	{Name: "title", Label: "Title"},
	{Name: "givenName", Label: "First name"},
	{Name: "middleName", Label: "Middle name"},
	{Name: "surname", Label: "Last name"},
	{Name: "generation", Label: "Suffix"},
	{Name: "nickName", Label: "Nickname"},
	{Name: "yomiGivenName", Label: "First name, as spoken"},
	{Name: "yomiSurname", Label: "Last name, as spoken"},
	{Name: "companyName", Label: "Company"},
	{Name: "yomiCompanyName", Label: "Company, as spoken"},
	{Name: "jobTitle", Label: "Job title"},
	{Name: "department", Label: "Department"},
	{Name: "profession", Label: "Profession"},
	{Name: "officeLocation", Label: "Office"},
	{Name: "manager", Label: "Manager"},
	{Name: "assistantName", Label: "Assistant"},
	{Name: "spouseName", Label: "Spouse"},
	{Name: "children", Label: "Children", Type: contact.Texts},
	{Name: "emailAddresses", Label: "E-mail addresses", Type: contact.Emails, Most: 3},
	{Name: "businessPhones", Label: "Business phones", Type: contact.Phones, Most: 2},
	{Name: "homePhones", Label: "Home phones", Type: contact.Phones, Most: 2},
	{Name: "mobilePhone", Label: "Mobile phone", Type: contact.Phone},
	{Name: "imAddresses", Label: "Chat addresses", Type: contact.Texts, Most: 3},
	{Name: "businessHomePage", Label: "Web page"},
	{Name: "categories", Label: "Categories", Type: contact.Texts},
	{Name: "birthday", Label: "Birthday", Type: contact.Date},
	{Name: "personalNotes", Label: "Notes"},
	{Name: "businessAddress.street", Label: "Business street"},
	{Name: "businessAddress.city", Label: "Business city"},
	{Name: "businessAddress.state", Label: "Business state"},
	{Name: "businessAddress.postalCode", Label: "Business postal code"},
	{Name: "businessAddress.countryOrRegion", Label: "Business country"},
	{Name: "homeAddress.street", Label: "Home street"},
	{Name: "homeAddress.city", Label: "Home city"},
	{Name: "homeAddress.state", Label: "Home state"},
	{Name: "homeAddress.postalCode", Label: "Home postal code"},
	{Name: "homeAddress.countryOrRegion", Label: "Home country"},
	{Name: "otherAddress.street", Label: "Other street"},
	{Name: "otherAddress.city", Label: "Other city"},
	{Name: "otherAddress.state", Label: "Other state"},
	{Name: "otherAddress.postalCode", Label: "Other postal code"},
	{Name: "otherAddress.countryOrRegion", Label: "Other country"},
}

// PropertyOf finds a property by name.
func PropertyOf(name string) (Property, bool) {
	for _, p := range Properties {
		if p.Name == name {
			if p.Type == "" {
				p.Type = contact.Text
			}
			return p, true
		}
	}
	return Property{}, false
}
