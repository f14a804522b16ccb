package worker_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
)

// settings are what a person decides for a connection. A new one syncs both ways and deletes nothing.
var settings = []sentence{
	{"{who} sets {fields}", func(s *story, x said) error { return s.set(x.who[0], x.fields) }},
	{"{who} syncs only the saved filter {word}", func(s *story, x said) error {
		return s.change(x.who[0], func(c *ledger.Settings) error {
			c.Filter = &ledger.Filter{ID: s.names.ids["filter/"+x.text], Name: x.text}
			return nil
		})
	}},
	{"{who} syncs no saved filter", func(s *story, x said) error {
		return s.change(x.who[0], func(c *ledger.Settings) error { c.Filter = nil; return nil })
	}},
	{"{who} maps {text} to {text}, to Outlook only", func(s *story, x said) error { return s.mapRow(x, contact.ToOutlook, nil) }},
	{"{who} maps {text} to {text}, to vTiger only", func(s *story, x said) error { return s.mapRow(x, contact.ToVTiger, nil) }},
	{"{who} maps {text} to {text}, joined by a space", func(s *story, x said) error {
		return s.mapRow(x, contact.Both, &fieldmap.Transform{Kind: fieldmap.Join, Separator: "space"})
	}},
	{"{who} maps {text} to {text} by the table {fields}", func(s *story, x said) error {
		t := fieldmap.Transform{Kind: fieldmap.Picklist}
		for _, p := range x.fields {
			t.Pairs = append(t.Pairs, fieldmap.Pair{Outlook: p.key, VTiger: p.value})
		}
		return s.mapRow(x, contact.Both, &t)
	}},
	{"{who} writes {fields} into vTiger, always", func(s *story, x said) error {
		return s.change(x.who[0], func(c *ledger.Settings) error {
			for _, p := range x.fields {
				always := fieldmap.Transform{Kind: fieldmap.Fixed, Value: p.value}
				c.Mapping = append(c.Mapping, fieldmap.Row{VTiger: []string{p.key}, Direction: contact.ToVTiger, Transform: &always})
			}
			return nil
		})
	}},
	{"{who} maps {text} to {text}", func(s *story, x said) error { return s.mapRow(x, contact.Both, nil) }},
	{"{who} maps {word} no more", func(s *story, x said) error {
		return s.change(x.who[0], func(c *ledger.Settings) error { c.Mapping = without(c.Mapping, x.text); return nil })
	}},
	{"{who} chooses the folder {word}", func(s *story, x said) error { return s.choose(x.who[0], x.text) }},
	{"{who} connects the mailbox of {who}", func(s *story, x said) error {
		s.as(x.who[0]).signInAs(x.who[1].Person)
		return nil
	}},
	{"{who} signs in again", func(s *story, x said) error {
		s.as(x.who[0]).signInAs(x.who[0].Person)
		return nil
	}},
}

// change saves changed settings of a person's connection.
func (s *story) change(x *actor, change func(*ledger.Settings) error) error {
	c := s.connected(x)
	c.Settings.Mapping = slices.Clone(c.Settings.Mapping)
	if err := change(&c.Settings); err != nil {
		return err
	}
	return s.ledger.SaveConnectionSettings(s.t.Context(), c)
}

// set changes settings by the names that the API gives them; a dot goes into an object.
func (s *story) set(x *actor, pairs []pair) error {
	return s.change(x, func(c *ledger.Settings) error {
		text, err := json.Marshal(c)
		require.NoError(s.t, err)
		var all map[string]any
		require.NoError(s.t, json.Unmarshal(text, &all))
		for _, p := range pairs {
			if err := put(all, p.key, p.value); err != nil {
				return err
			}
		}
		text, err = json.Marshal(all)
		require.NoError(s.t, err)
		return json.Unmarshal(text, c)
	})
}

func put(all map[string]any, key, value string) error {
	outer, inner, dotted := strings.Cut(key, ".")
	held, known := all[outer]
	switch {
	case !known:
		return fmt.Errorf("there is no setting %s", outer)
	case dotted:
		object, _ := held.(map[string]any)
		if object == nil {
			return fmt.Errorf("the setting %s has no parts", outer)
		}
		return put(object, inner, value)
	}
	var plain any
	if json.Unmarshal([]byte(value), &plain) != nil {
		plain = value
	}
	all[outer] = plain
	return nil
}

// mapRow puts a row into the mapping in place of the one of the same Outlook property.
func (s *story) mapRow(x said, way contact.Direction, t *fieldmap.Transform) error {
	return s.change(x.who[0], func(c *ledger.Settings) error {
		outlook, vtiger := strings.Split(x.text, " and "), strings.Split(x.other, " and ")
		row := fieldmap.Row{Outlook: outlook[0], Also: outlook[1:], VTiger: vtiger, Direction: way, Transform: t}
		if len(row.Also) == 0 {
			row.Also = nil
		}
		c.Mapping = append(without(c.Mapping, outlook[0]), row)
		return nil
	})
}

func without(m fieldmap.Mapping, outlook string) fieldmap.Mapping {
	return slices.DeleteFunc(slices.Clone(m), func(r fieldmap.Row) bool { return r.Outlook == outlook })
}

// choose takes a folder by the name that people see.
func (s *story) choose(x *actor, name string) error {
	folder := outlook.DefaultFolder
	if name != "Contacts" {
		folder = s.folder(x, name)
	}
	s.as(x).choose(folder)
	return nil
}
