package api

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// conditionView is one condition as it is shown and wanted.
type conditionView struct {
	Field    string             `json:"field" minLength:"1" maxLength:"100" example:"leadsource" doc:"vTiger's name of it, from the list of fields"`
	Operator reconcile.Operator `json:"operator" enum:"is,isNot,contains,containsNot,startsWith,isEmpty,isNotEmpty,isBefore,isAfter" doc:"Case and the number of blanks do not count; days are compared by isBefore and isAfter"`
	Value    string             `json:"value,omitempty" maxLength:"255" example:"Web Site" doc:"Absent where the operator compares with none; a day is YYYY-MM-DD, a check box 1 or 0"`
}

func viewConditions(c reconcile.Conditions) []conditionView {
	out := make([]conditionView, len(c))
	for i, one := range c {
		out[i] = conditionView(one)
	}
	return out
}

// conditionsChoice are conditions that are wanted; absence keeps those that are set, and null means none as an empty list does.
type conditionsChoice struct {
	given bool
	list  []conditionView
}

// UnmarshalJSON is called for null too.
func (c *conditionsChoice) UnmarshalJSON(raw []byte) error {
	c.given = true
	return json.Unmarshal(raw, &c.list)
}

// mostConditions bounds a list that people can still read.
const mostConditions = 20

// Schema describes it as a list or null.
func (conditionsChoice) Schema(r huma.Registry) *huma.Schema {
	most, list := mostConditions, *r.Schema(reflect.TypeFor[[]conditionView](), true, "Conditions")
	list.Nullable, list.MaxItems = true, &most
	list.Description = "What records of vTiger have to meet to be synced, each of them, besides being the filter's; empty or null: nothing"
	return &list
}

// wanted are the conditions as they are kept; none is nil, so that taking none away changes nothing.
func (c conditionsChoice) wanted() (out reconcile.Conditions) {
	for _, one := range c.list {
		one.Value = strings.Join(strings.Fields(one.Value), " ")
		out = append(out, reconcile.Condition(one))
	}
	return out
}

// chooseConditions sets the wanted conditions, held against the fields that vTiger has now. Those that are set already may
// be sent back whatever vTiger says.
func (s *Server) chooseConditions(ctx context.Context, c *ledger.Connection, choice conditionsChoice) error {
	wanted := choice.wanted()
	if !choice.given || reflect.DeepEqual(wanted, c.Settings.Conditions) {
		return nil
	}
	if wanted != nil {
		crm, err := s.VTiger.Client(ctx)
		if err != nil {
			return err
		}
		known, err := crm.Fields(ctx, c.Module)
		if err != nil {
			return err
		}
		if flaws := checkConditions(wanted, known); len(flaws) > 0 {
			return refuse(invalid, "The conditions cannot work; errors names what is wrong with each.", flaws...)
		}
	}
	c.Settings.Conditions = wanted
	return nil
}
