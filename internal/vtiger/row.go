package vtiger

import (
	"encoding/json"
	"strings"
	"time"

	"contactbridge/internal/contact"
)

// row is one record as a query shows it: column → text. Empty columns are absent.
type row map[string]string

// textual reads a row's columns. vTiger's values are strings or null; an empty date is null, "" or "0000-00-00". Nested
// values belong to no field and are left out.
func textual(columns map[string]json.RawMessage) row {
	r := make(row, len(columns))
	for name, raw := range columns {
		if text, ok := scalar(raw); ok && text != "" && text != "0000-00-00" {
			r[name] = text
		}
	}
	return r
}

// unmapped are the columns that are not content: they name the record, are told by other parts of it, or change
// without anybody editing it (modifiedby changes by a save that changes nothing, starred is the reader's own).
var unmapped = map[string]bool{
	"id": true, "modifiedtime": true, "modifiedby": true, "assigned_user_id": true,
	"source": true, "starred": true, "label": true,
}

// stampPrefix marks a source of ours; what follows is the stamp. vTiger stores a source in upper case.
const stampPrefix = "CONTACT BRIDGE/"

// timeForm is how vTiger writes times: UTC, whatever the user's time zone, to the second.
const timeForm = "2006-01-02 15:04:05"

func stampOf(source string) string {
	if stamp, ours := strings.CutPrefix(source, stampPrefix); ours {
		return stamp
	}
	return ""
}

// record makes the record of a whole row; n tells its references.
func (r row) record(doing string, n naming) (contact.Record, error) {
	changed, err := time.Parse(timeForm, r["modifiedtime"])
	if err != nil {
		return contact.Record{}, rubbish(doing)
	}
	values := make(map[string]string, len(r))
	for name, text := range r {
		if !unmapped[name] {
			values[name] = text
		}
	}
	n.resolve(values)
	return contact.Record{
		ID: r["id"], Version: r["modifiedtime"], Values: values,
		Owner: r["assigned_user_id"], Stamp: stampOf(r["source"]), Changed: changed,
	}, nil
}
