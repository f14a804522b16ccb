package outlook

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"contactbridge/internal/contact"
)

// Outlook's own programs store a birthday at this time of day, which no time zone moves to another date.
const birthdayHour = 11*time.Hour + 59*time.Minute

// contactBody spells changes as a fresh model: a model that was read sends either nothing or everything it was read with.
// Empty values become null or an empty list when clears is set, and are left out else: Graph fails on null in a POST.
// Of an address with a change all parts are sent, merged from before, since Graph does not say whether it keeps the others.
// held is the contact as it was just read, for what no record shows of it; nil for an insert.
func contactBody(held item, before, changes map[string]string, clears bool) (models.Contactable, error) {
	body := models.NewContact()
	addresses := map[string]bool{}
	for name, value := range changes {
		if value == "" && !clears {
			continue
		}
		if address, part, nested := strings.Cut(name, "."); nested {
			if _, known := setAddress[address]; !known || !slices.Contains(addressParts, part) {
				return nil, unknownProperty(name)
			}
			addresses[address] = true
			continue
		}
		if err := setProperty(body, held, name, value); err != nil {
			return nil, err
		}
	}
	for address := range addresses {
		setAddress[address](body, addressBody(address, before, changes, clears))
	}
	return body, nil
}

func unknownProperty(name string) error {
	return fmt.Errorf("outlook contacts have no property %q", name)
}

func setProperty(body models.Contactable, held item, name, value string) error {
	switch kinds[name] {
	case EmailList:
		list, err := emailBodies(value, held)
		if err != nil {
			return err
		}
		body.SetEmailAddresses(list)
	case PhoneList, TextList:
		setList[name](body, members(value))
	case Date:
		return setBirthday(body, value)
	case Text, Phone:
		setText[name](body, orNull(value))
	default:
		return unknownProperty(name)
	}
	return nil
}

func setBirthday(body models.Contactable, value string) error {
	if value == "" {
		body.SetBirthday(nil)
		return nil
	}
	day, err := time.Parse(time.DateOnly, value)
	if err != nil {
		return errors.New("the birthday is not of the form YYYY-MM-DD")
	}
	at := day.Add(birthdayHour)
	body.SetBirthday(&at)
	return nil
}

func addressBody(address string, before, changes map[string]string, clears bool) models.PhysicalAddressable {
	out := models.NewPhysicalAddress()
	for _, part := range addressParts {
		value, changed := changes[address+"."+part]
		if !changed {
			value = before[address+"."+part]
		}
		if value != "" || clears {
			setPart[part](out, orNull(value))
		}
	}
	return out
}

// members is never nil: the SDK sends nothing for a nil list.
func members(value string) []string {
	return append([]string{}, contact.Lines(value)...)
}

func orNull(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}

var setText = map[string]func(models.Contactable, *string){
	"title":            models.Contactable.SetTitle,
	"givenName":        models.Contactable.SetGivenName,
	"middleName":       models.Contactable.SetMiddleName,
	"surname":          models.Contactable.SetSurname,
	"generation":       models.Contactable.SetGeneration,
	"nickName":         models.Contactable.SetNickName,
	"yomiGivenName":    models.Contactable.SetYomiGivenName,
	"yomiSurname":      models.Contactable.SetYomiSurname,
	"yomiCompanyName":  models.Contactable.SetYomiCompanyName,
	"displayName":      models.Contactable.SetDisplayName,
	"companyName":      models.Contactable.SetCompanyName,
	"department":       models.Contactable.SetDepartment,
	"jobTitle":         models.Contactable.SetJobTitle,
	"profession":       models.Contactable.SetProfession,
	"officeLocation":   models.Contactable.SetOfficeLocation,
	"assistantName":    models.Contactable.SetAssistantName,
	"manager":          models.Contactable.SetManager,
	"spouseName":       models.Contactable.SetSpouseName,
	"businessHomePage": models.Contactable.SetBusinessHomePage,
	"personalNotes":    models.Contactable.SetPersonalNotes,
	"mobilePhone":      models.Contactable.SetMobilePhone,
}

var setList = map[string]func(models.Contactable, []string){
	"businessPhones": models.Contactable.SetBusinessPhones,
	"homePhones":     models.Contactable.SetHomePhones,
	"imAddresses":    models.Contactable.SetImAddresses,
	"children":       models.Contactable.SetChildren,
	"categories":     models.Contactable.SetCategories,
}

var setAddress = map[string]func(models.Contactable, models.PhysicalAddressable){
	"businessAddress": models.Contactable.SetBusinessAddress,
	"homeAddress":     models.Contactable.SetHomeAddress,
	"otherAddress":    models.Contactable.SetOtherAddress,
}

var setPart = map[string]func(models.PhysicalAddressable, *string){
	"street":          models.PhysicalAddressable.SetStreet,
	"city":            models.PhysicalAddressable.SetCity,
	"state":           models.PhysicalAddressable.SetState,
	"postalCode":      models.PhysicalAddressable.SetPostalCode,
	"countryOrRegion": models.PhysicalAddressable.SetCountryOrRegion,
}
