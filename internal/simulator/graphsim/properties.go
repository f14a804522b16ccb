package graphsim

// The properties of a contact by shape. Everything else in a request is accepted and forgotten: the type is open.
var (
	textProperties = []string{
		"assistantName", "businessHomePage", "companyName", "department", "displayName", "fileAs", "generation",
		"givenName", "initials", "jobTitle", "manager", "middleName", "mobilePhone", "nickName", "officeLocation",
		"personalNotes", "profession", "spouseName", "surname", "title", "yomiCompanyName", "yomiGivenName",
		"yomiSurname",
	}
	// listProperties maps lists of strings to the number of entries Outlook can hold, 0 for no limit.
	listProperties = map[string]int{
		"businessPhones": 2, "homePhones": 2, "imAddresses": 3, "children": 0, "categories": 0,
	}
	addressProperties = []string{"businessAddress", "homeAddress", "otherAddress"}
	addressParts      = []string{"street", "city", "state", "postalCode", "countryOrRegion"}
	slotProperties    = []string{"primaryEmailAddress", "secondaryEmailAddress", "tertiaryEmailAddress"}
)

const maxEmails = 3
