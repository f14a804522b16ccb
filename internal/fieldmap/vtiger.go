package fieldmap

// contacts is the module Contacts. Its column lengths were measured on vTiger 8.3.0.
var contacts = module{
	noun: "contact", mandatory: "lastname",
	columns: map[string]int{
		"salutationtype": 200, "firstname": 40, "lastname": 80, "title": 50, "department": 30, "assistant": 30,
		"phone": 50, "mobile": 50, "homephone": 50, "otherphone": 50, "fax": 50, "assistantphone": 50,
		"email": 100, "secondaryemail": 100,
		"mailingstreet": 250, "mailingcity": 40, "mailingstate": 30, "mailingzip": 30, "mailingcountry": 40, "mailingpobox": 30,
		"otherstreet": 250, "othercity": 40, "otherstate": 50, "otherzip": 30, "othercountry": 30, "otherpobox": 30,
	},
	rows: func() Mapping {
		return Mapping{
			one("title", "salutationtype"),
			one("givenName", "firstname"),
			one("surname", "lastname"),
			{Outlook: "companyName", VTiger: []string{"account_id"}, Direction: "toOutlook"},
			one("jobTitle", "title"),
			one("department", "department"),
			{Outlook: "manager", VTiger: []string{"contact_id"}, Direction: "toOutlook"},
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
	},
}
