package outlook

import (
	"errors"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// wireEmail is one entry of emailAddresses. Outlook keeps a malformed address as a name alone.
type wireEmail struct {
	Address *string `json:"address"`
	Name    *string `json:"name"`
}

var errNoRoomForName = errors.New("an entry without an address would be lost")

// emailBodies spells the list, which Graph replaces whole, over what the contact holds: an address keeps the display name
// it has, and an entry without a readable address stays, in the form in which Graph once took it. New addresses get no
// name: Outlook fills one in, and one of its own for colleagues.
func emailBodies(value string, held item) ([]models.EmailAddressable, error) {
	var entries []wireEmail
	if err := held.into("emailAddresses", &entries); err != nil {
		return nil, err
	}
	names, nameless := map[string]string{}, []string{}
	for _, e := range entries {
		address, name := lines([]*string{e.Address}), lines([]*string{e.Name})
		switch {
		case address == "" && name != "":
			nameless = append(nameless, *e.Name)
		case name != "" && !strings.EqualFold(name, address):
			names[strings.ToLower(address)] = *e.Name
		}
	}
	wanted, out := members(value), []models.EmailAddressable{}
	if len(wanted) > 0 && len(nameless) > 0 && len(wanted)+len(nameless) > most("emailAddresses") {
		return nil, errNoRoomForName
	}
	for _, address := range wanted {
		out = append(out, emailBody(address, names[strings.ToLower(address)]))
	}
	for _, name := range nameless {
		out = append(out, emailBody(name, name))
	}
	return out, nil
}

func emailBody(address, name string) models.EmailAddressable {
	e := models.NewEmailAddress()
	e.SetAddress(&address)
	if name != "" {
		e.SetName(&name)
	}
	return e
}
