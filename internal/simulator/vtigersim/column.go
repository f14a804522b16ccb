package vtigersim

// columns are the lengths, in characters, of the text columns behind each module:
// Contacts' as measured, the others' as the stock schema makes them. describe does
// not tell them; longer values are cut silently.
var columns = map[string]map[string]int{
	"Contacts": {
		"salutationtype": 200, "firstname": 40, "lastname": 80, "phone": 50, "mobile": 50, "homephone": 50,
		"otherphone": 50, "fax": 50, "assistantphone": 50, "leadsource": 200, "title": 50, "department": 30,
		"email": 100, "secondaryemail": 100, "assistant": 30,
		"mailingstreet": 250, "otherstreet": 250, "mailingcity": 40, "othercity": 40,
		"mailingstate": 30, "otherstate": 50, "mailingzip": 30, "otherzip": 30,
		"mailingcountry": 40, "othercountry": 30, "mailingpobox": 30, "otherpobox": 30, "imagename": 150,
	},
	"Leads": {
		"salutationtype": 200, "firstname": 40, "lastname": 80, "company": 100, "designation": 50, "leadsource": 200,
		"industry": 200, "rating": 200, "email": 100, "secondaryemail": 100, "website": 255, "phone": 50, "mobile": 50,
		"fax": 50, "lane": 250, "city": 30, "code": 30, "state": 30, "pobox": 30, "country": 30,
	},
	"Accounts": {
		"accountname": 100, "accounttype": 200, "industry": 200, "rating": 200, "ownership": 50, "siccode": 50,
		"tickersymbol": 30, "phone": 30, "otherphone": 30, "fax": 30, "email1": 100, "email2": 100, "website": 100,
		"bill_street": 250, "bill_city": 30, "bill_code": 30, "bill_state": 30, "bill_country": 30, "bill_pobox": 30,
		"ship_street": 250, "ship_city": 30, "ship_code": 30, "ship_state": 30, "ship_country": 30, "ship_pobox": 30,
	},
	"Vendors": {
		"vendorname": 100, "phone": 100, "email": 100, "website": 100, "glacct": 200, "category": 50,
		"city": 30, "state": 30, "pobox": 30, "postalcode": 100, "country": 100,
	},
}

// sourceLength holds for every module: source is a column of the common table.
const sourceLength = 100

// columnLength is 0 where no length is known: such values are never cut.
func columnLength(module, name string) int {
	if name == "source" {
		return sourceLength
	}
	return columns[module][name]
}
