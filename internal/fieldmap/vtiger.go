package fieldmap

// mandatory are the vTiger fields without which a record is refused and that a person's contact may lack elsewhere.
var mandatory = []string{"lastname"}

// columns is how many characters vTiger's stock columns hold; longer values are cut silently, and describe tells no
// length. Measured on vTiger 8.3.0; custom fields are not in it.
var columns = map[string]int{
	"salutationtype": 200, "firstname": 40, "lastname": 80, "title": 50, "department": 30, "assistant": 30,
	"phone": 50, "mobile": 50, "homephone": 50, "otherphone": 50, "fax": 50, "assistantphone": 50,
	"email": 100, "secondaryemail": 100,
	"mailingstreet": 250, "mailingcity": 40, "mailingstate": 30, "mailingzip": 30, "mailingcountry": 40, "mailingpobox": 30,
	"otherstreet": 250, "othercity": 40, "otherstate": 50, "otherzip": 30, "othercountry": 30, "otherpobox": 30,
}

// references are the vTiger fields that travel by the name of what they point to, and to Outlook only.
var references = []string{"account_id"}

// Default is the mapping that a new connection of Contacts starts with.
func Default() Mapping {
	one := func(outlook string, vtiger ...string) Row {
		return Row{Outlook: outlook, VTiger: vtiger, Direction: "both"}
	}
	return Mapping{
		one("title", "salutationtype"),
		one("givenName", "firstname"),
		one("surname", "lastname"),
		{Outlook: "companyName", VTiger: []string{"account_id"}, Direction: "toOutlook"},
		one("jobTitle", "title"),
		one("department", "department"),
		one("assistantName", "assistant"),
		one("emailAddresses", "email", "secondaryemail"),
		one("businessPhones", "phone", "otherphone"),
		one("homePhones", "homephone"),
		one("mobilePhone", "mobile"),
		one("birthday", "birthday"),
		one("personalNotes", "description"),
		one("businessAddress.street", "mailingstreet"),
		one("businessAddress.city", "mailingcity"),
		one("businessAddress.state", "mailingstate"),
		one("businessAddress.postalCode", "mailingzip"),
		one("businessAddress.countryOrRegion", "mailingcountry"),
		one("otherAddress.street", "otherstreet"),
		one("otherAddress.city", "othercity"),
		one("otherAddress.state", "otherstate"),
		one("otherAddress.postalCode", "otherzip"),
		one("otherAddress.countryOrRegion", "othercountry"),
	}
}
