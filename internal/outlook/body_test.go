package outlook

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// sentBody is the body as it goes over the wire.
func sentBody(t *testing.T, w contact.Write) map[string]any {
	t.Helper()
	s := openStage(t, nil)
	info, err := s.book().writeRequest(t.Context(), w, nil)
	require.NoError(t, err)
	var body map[string]any
	require.NoError(t, json.Unmarshal(info.Content, &body))
	delete(body, "@odata.type")
	return body
}

func TestUpdateSendsOnlyWhatChanged(t *testing.T) {
	before := contact.Record{ID: "1", Version: "v", Values: map[string]string{
		"jobTitle": "Engineer", "businessPhones": "+1 2", "homeAddress.city": "Ulm", "homeAddress.street": "Way 1",
	}}
	body := sentBody(t, contact.Write{Action: contact.Update, ID: "1", Before: before, Values: map[string]string{
		"department": "R&D", "personalNotes": "", "birthday": "", "businessPhones": "", "homePhones": "+49 1\n+49 2",
		"emailAddresses": "ann@example.test", "homeAddress.city": "Bonn",
	}})
	require.Equal(t, map[string]any{
		"department": "R&D", "personalNotes": nil, "birthday": nil, "businessPhones": []any{},
		"homePhones":     []any{"+49 1", "+49 2"},
		"emailAddresses": []any{map[string]any{"address": "ann@example.test"}},
		"homeAddress": map[string]any{
			"street": "Way 1", "city": "Bonn", "state": nil, "postalCode": nil, "countryOrRegion": nil,
		},
	}, body)
}

func TestClearingAnAddressSendsItsFiveParts(t *testing.T) {
	before := contact.Record{ID: "1", Values: map[string]string{"otherAddress.city": "Ulm"}}
	body := sentBody(t, contact.Write{Action: contact.Update, ID: "1", Before: before, Values: map[string]string{"otherAddress.city": ""}})
	require.Equal(t, map[string]any{"otherAddress": map[string]any{
		"street": nil, "city": nil, "state": nil, "postalCode": nil, "countryOrRegion": nil,
	}}, body)
}

func TestInsertSendsNoNullAndTheStamp(t *testing.T) {
	body := sentBody(t, contact.Write{Action: contact.Insert, Stamp: "OP1", Values: map[string]string{
		"givenName": "Ann", "surname": "Example", "jobTitle": "", "birthday": "1974-07-22", "emailAddresses": "",
		"businessAddress.city": "Ulm", "businessAddress.state": "", "homeAddress.city": "", "imAddresses": "sip:ann",
	}})
	require.Equal(t, map[string]any{
		"givenName": "Ann", "surname": "Example", "displayName": "Ann Example", "birthday": "1974-07-22T11:59:00Z",
		"businessAddress": map[string]any{"city": "Ulm"}, "imAddresses": []any{"sip:ann"},
		"singleValueExtendedProperties": []any{map[string]any{"id": stampID, "value": "OP1"}},
	}, body)
}

func TestEveryPropertyOfTheCatalogueCanBeWrittenAndRead(t *testing.T) {
	values := map[string]string{}
	for _, p := range Catalogue {
		switch p.Kind {
		case Date:
			values[p.Name] = "1604-02-29"
		case EmailList, PhoneList, TextList:
			values[p.Name] = "one\ntwo"
		default:
			values[p.Name] = "some " + p.Name
		}
	}
	body := sentBody(t, contact.Write{Action: contact.Insert, Values: values})
	body["id"], body["changeKey"] = "1", "v"
	raw, err := json.Marshal(body)
	require.NoError(t, err)
	it, err := decodeItem(raw)
	require.NoError(t, err)
	record, err := it.record()
	require.NoError(t, err)
	require.Equal(t, values, record.Values)
}

func TestWhatCannotBeWrittenIsRefusedAlone(t *testing.T) {
	s := openStage(t, batched(t, func(p part) response { return response{Status: 201, Body: wire("new", nil)} }))
	got, err := s.book().Write(t.Context(), []contact.Write{
		{Action: contact.Insert, Values: map[string]string{"birthday": "22.7.1974"}},
		{Action: contact.Insert, Values: map[string]string{"fax": "1"}},
		{Action: contact.Insert, Values: map[string]string{"homeAddress.poBox": "1"}},
		{Action: contact.Insert, Values: map[string]string{"surname": "Example"}},
		{Action: contact.Update, ID: "1"},
		{Action: "merge", ID: "1"},
	})
	require.NoError(t, err)
	for _, i := range []int{0, 1, 2, 4, 5} {
		require.Equal(t, contact.Refused, got[i].Outcome)
		requireKind(t, contact.BadRecord, got[i].Err)
	}
	require.Equal(t, contact.Done, got[3].Outcome)
	require.Len(t, s.heard(), 1)
}
