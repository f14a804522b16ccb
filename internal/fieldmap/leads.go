package fieldmap

// leads is the module Leads, with the column lengths of vTiger's stock schema. A lead's company is a text.
var leads = module{
	noun: "lead", mandatory: "lastname",
	columns: map[string]int{
		"salutationtype": 200, "firstname": 40, "lastname": 80, "company": 100, "designation": 50,
		"email": 100, "secondaryemail": 100, "phone": 50, "mobile": 50, "fax": 50, "website": 255,
		"lane": 250, "city": 30, "state": 30, "code": 30, "country": 30, "pobox": 30,
	},
	rows: func() Mapping {
		return Mapping{
			one("title", "salutationtype"),
			one("givenName", "firstname"),
			one("surname", "lastname"),
			one("companyName", "company"),
			one("jobTitle", "designation"),
			one("emailAddresses", "email", "secondaryemail"),
			one("businessPhones", "phone"),
			one("mobilePhone", "mobile"),
			one("businessHomePage", "website"),
			one("personalNotes", "description"),
			one("businessAddress.street", "lane"),
			one("businessAddress.city", "city"),
			one("businessAddress.state", "state"),
			one("businessAddress.postalCode", "code"),
			one("businessAddress.countryOrRegion", "country"),
		}
	},
}
