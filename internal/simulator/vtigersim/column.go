package vtigersim

// contactColumns are the lengths, in characters, of the text columns behind
// Contacts. describe does not tell them; longer values are cut silently.
var contactColumns = map[string]int{
	"salutationtype": 200, "firstname": 40, "lastname": 80, "phone": 50, "mobile": 50, "homephone": 50,
	"otherphone": 50, "fax": 50, "assistantphone": 50, "leadsource": 200, "title": 50, "department": 30,
	"email": 100, "secondaryemail": 100, "assistant": 30,
	"mailingstreet": 250, "otherstreet": 250, "mailingcity": 40, "othercity": 40,
	"mailingstate": 30, "otherstate": 50, "mailingzip": 30, "otherzip": 30,
	"mailingcountry": 40, "othercountry": 30, "mailingpobox": 30, "otherpobox": 30, "imagename": 150,
}

// sourceLength holds for every module: source is a column of the common table.
const sourceLength = 100

// columnLength is 0 where no length was measured: such values are never cut.
func columnLength(module, name string) int {
	if name == "source" {
		return sourceLength
	}
	if module == "Contacts" {
		return contactColumns[name]
	}
	return 0
}
