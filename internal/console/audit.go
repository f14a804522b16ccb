package console

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"contactbridge/internal/client"
)

// audit is what administrators did, who signed in, and which sign-ins failed.
var audit = page{name: "audit", path: "/audit", who: admins, show: showAudit}

type auditPage struct {
	Filter      *form
	Users       []option
	Actions     []option
	Acts        []actRow
	First, Next string // addresses of other pages of the list
}

type actRow struct {
	client.ActView

	When moment
	More []string // the details
}

func showAudit(v *visit) (any, error) {
	q := v.Request.URL.Query()
	p := auditPage{Filter: v.form("filter", q), Actions: append([]option{{Text: say("audit.anything")}}, family("audit.act")...)}
	asked := &client.ReadAuditParams{User: given(q, "user"), Action: given(q, "action"), Cursor: given(q, "cursor")}
	asked.From, asked.To = v.day(q.Get("from"), 0), v.day(q.Get("to"), 1)
	a, err := ask(v.api.ReadAuditWithResponse(v.Request.Context(), asked))
	if err != nil {
		return nil, err
	}
	for _, each := range a.JSON200.Acts {
		p.Acts = append(p.Acts, actRow{each, v.moment(each.At), detailsOf(each.Details)})
	}
	if q.Get("cursor") != "" {
		p.First = turned(q, "")
	}
	if next := text(a.JSON200.Next); next != "" {
		p.Next = turned(q, next)
	}
	stored := true // vTiger need not be asked for names
	users, err := ask(v.api.ListUsersWithResponse(v.Request.Context(), &client.ListUsersParams{Stored: &stored}))
	if err != nil {
		return nil, err
	}
	p.Users = []option{{Text: say("audit.everybody")}}
	for _, u := range users.JSON200.Users {
		p.Users = append(p.Users, option{Value: u.ID, Text: u.UserName})
	}
	return p, nil
}

// detailsOf words what is told of an act, in a fixed order.
func detailsOf(details map[string]any) (lines []string) {
	for name, value := range details {
		line := fmt.Sprint(value)
		if many, is := value.([]any); is {
			parts := make([]string, len(many))
			for i, each := range many {
				parts[i] = fmt.Sprint(each)
			}
			line = strings.Join(parts, ", ")
		}
		if line != "" {
			lines = append(lines, word("audit.detail", name)+": "+line)
		}
	}
	slices.Sort(lines)
	return lines
}

// given is a value of a query; nil: it is not there.
func given(q url.Values, name string) *string {
	if value := q.Get(name); value != "" {
		return &value
	}
	return nil
}

// day is when a day begins in the person's time zone, some days later; nil: it is none.
func (v *visit) day(text string, later int) *time.Time {
	t, err := time.ParseInLocation(time.DateOnly, text, v.zone())
	if err != nil {
		return nil
	}
	t = t.AddDate(0, 0, later)
	return &t
}

// turned is the address of another page of a list that a query narrows.
func turned(q url.Values, cursor string) string {
	other := url.Values{}
	for name, values := range q {
		if name != "cursor" && values[0] != "" {
			other[name] = values
		}
	}
	if cursor != "" {
		other.Set("cursor", cursor)
	}
	return "?" + other.Encode()
}
