package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// categoriesView are the categories by which Outlook's contacts are in the scope.
type categoriesView struct {
	Wanted   []string `json:"wanted" doc:"A contact has one of these at least; empty: whatever it has"`
	Unwanted []string `json:"unwanted" doc:"… and none of these"`
}

func viewCategories(c *reconcile.Categories) *categoriesView {
	if c == nil {
		return nil
	}
	return &categoriesView{listed(c.Wanted), listed(c.Unwanted)}
}

// categoriesChoice is a filter that is wanted; absence keeps the one that is set and null means all contacts.
type categoriesChoice struct {
	given  bool
	filter *reconcile.Categories // nil for null
}

// UnmarshalJSON is called for null too.
func (c *categoriesChoice) UnmarshalJSON(raw []byte) error {
	c.given = true
	return json.Unmarshal(raw, &c.filter)
}

// mostCategories bounds each list; Outlook itself has about as many colours as anybody tells apart.
const mostCategories, longestCategory = 50, 255

// Schema describes it as an object or null.
func (categoriesChoice) Schema(huma.Registry) *huma.Schema {
	list := func(description string) *huma.Schema {
		most, shortest, longest := mostCategories, 1, longestCategory
		return &huma.Schema{
			Type: huma.TypeArray, MaxItems: &most, Description: description, Examples: []any{[]string{"Customers"}},
			Items: &huma.Schema{Type: huma.TypeString, MinLength: &shortest, MaxLength: &longest},
		}
	}
	return &huma.Schema{
		Type: huma.TypeObject, Nullable: true, AdditionalProperties: false,
		Description: "Which of Outlook's contacts are synced, by their categories, whatever the case; null: all. New contacts get the first wanted one",
		Properties: map[string]*huma.Schema{
			"wanted":   list("A contact has one of these at least; absent or empty: whatever it has"),
			"unwanted": list("… and none of these"),
		},
	}
}

// choose sets the wanted categories, as Outlook would show them.
func (c categoriesChoice) choose(to *ledger.Settings) error {
	if !c.given {
		return nil
	}
	to.OutlookFilter = nil
	if c.filter == nil {
		return nil
	}
	const place = "body.outlookFilter"
	var flaws []flaw
	known := map[string]string{} // where a category was named first, by its name
	read := func(name string, sent []string) (out []string) {
		for i, text := range sent {
			at, category := fmt.Sprintf("%s.%s[%d]", place, name, i), strings.Join(strings.Fields(text), " ")
			message := ""
			switch first := sameNamed(known, category); {
			case category == "":
				message = "Give the category a name."
			case strings.ContainsFunc(category, unicode.IsControl):
				message = "No category has such a name."
			case first != "":
				message = "It is the same category as " + first + "."
			default:
				known[category] = at
				out = append(out, category)
				continue
			}
			flaws = append(flaws, flaw{Location: at, Message: message})
		}
		return out
	}
	filter := reconcile.Categories{Wanted: read("wanted", c.filter.Wanted), Unwanted: read("unwanted", c.filter.Unwanted)}
	if len(flaws) > 0 {
		return refuse(invalid, "The filter of categories cannot work; errors names them.", flaws...)
	}
	if len(filter.Wanted)+len(filter.Unwanted) > 0 {
		to.OutlookFilter = &filter
	}
	return nil
}

// sameNamed gives the place of the same category; empty where there is none.
func sameNamed(known map[string]string, category string) string {
	for name, at := range known {
		if reconcile.SameCategory(name, category) {
			return at
		}
	}
	return ""
}
