package fieldmap

// accounts is the module Accounts, which people see as Organizations, with the column lengths of vTiger's stock schema.
var accounts = module{
	noun: "organisation", mandatory: "accountname",
	columns: map[string]int{
		"accountname": 100, "phone": 30, "otherphone": 30, "fax": 30, "email1": 100, "email2": 100, "website": 100,
		"ownership": 50, "siccode": 50, "tickersymbol": 30,
		"bill_street": 250, "bill_city": 30, "bill_state": 30, "bill_code": 30, "bill_country": 30, "bill_pobox": 30,
		"ship_street": 250, "ship_city": 30, "ship_state": 30, "ship_code": 30, "ship_country": 30, "ship_pobox": 30,
	},
	rows: func() Mapping {
		return Mapping{
			one("companyName", "accountname"),
			one("emailAddresses", "email1", "email2"),
			one("businessPhones", "phone", "otherphone"),
			one("businessHomePage", "website"),
			one("personalNotes", "description"),
			one("businessAddress.street", "bill_street"),
			one("businessAddress.city", "bill_city"),
			one("businessAddress.state", "bill_state"),
			one("businessAddress.postalCode", "bill_code"),
			one("businessAddress.countryOrRegion", "bill_country"),
			one("otherAddress.street", "ship_street"),
			one("otherAddress.city", "ship_city"),
			one("otherAddress.state", "ship_state"),
			one("otherAddress.postalCode", "ship_code"),
			one("otherAddress.countryOrRegion", "ship_country"),
		}
	},
}
