package fieldmap

// vendors is the module Vendors, with the column lengths of vTiger's stock schema.
var vendors = module{
	noun: "vendor", mandatory: "vendorname",
	columns: map[string]int{
		"vendorname": 100, "phone": 100, "email": 100, "website": 100, "category": 50,
		"city": 30, "state": 30, "pobox": 30, "postalcode": 100, "country": 100,
	},
	rows: func() Mapping {
		return Mapping{
			one("companyName", "vendorname"),
			one("emailAddresses", "email"),
			one("businessPhones", "phone"),
			one("businessHomePage", "website"),
			one("personalNotes", "description"),
			one("businessAddress.street", "street"),
			one("businessAddress.city", "city"),
			one("businessAddress.state", "state"),
			one("businessAddress.postalCode", "postalcode"),
			one("businessAddress.countryOrRegion", "country"),
		}
	},
}
