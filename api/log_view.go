package api

import (
	"strconv"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// operationView is one operation or finding.
type operationView struct {
	ID         string                      `json:"id"`
	Time       time.Time                   `json:"time" doc:"When it was settled, else sent, else planned"`
	RunID      string                      `json:"run"`
	Connection string                      `json:"connection"`
	UserID     string                      `json:"userId" doc:"vTiger's id of the connection's user"`
	User       string                      `json:"user" doc:"The connection's vTiger user"`
	Module     string                      `json:"module"`
	Direction  string                      `json:"direction,omitempty" enum:"toVtiger,toOutlook" doc:"Into which side"`
	Action     contact.Action              `json:"action" doc:"insert, update, delete, link, skip, conflict, error"`
	VTigerID   string                      `json:"vtigerId,omitempty"`
	OutlookID  string                      `json:"outlookId,omitempty"`
	Name       string                      `json:"name"`
	Fields     map[contact.Field]fieldDiff `json:"fields" doc:"By Outlook property"`
	Outcome    ledger.Outcome              `json:"outcome" doc:"planned, done, held, unclear, failed, skipped, discarded, undone; previewed in a preview"`
	ReasonKind string                      `json:"reasonKind,omitempty"`
	Reason     string                      `json:"reason" doc:"Why, as a sentence"`
}

// fieldDiff is what became of a field; its values are shown to the connection's own user only.
type fieldDiff struct {
	Before   *string `json:"before,omitempty" example:"Clerk" doc:"Absent in the lines of other users"`
	After    *string `json:"after,omitempty" example:"Head of Sales" doc:"Absent in the lines of other users"`
	Conflict bool    `json:"conflict,omitempty" doc:"Both sides had changed it"`
	Lost     string  `json:"lost,omitempty" doc:"The value that the conflict gave up; absent in the lines of other users"`
}

// viewOperation shows an operation of a connection of that user and module to somebody.
func viewOperation(o ledger.Operation, userID, userName, module string, to ledger.User) operationView {
	v := operationView{
		ID: strconv.FormatInt(o.ID, 10), Time: o.Time(), RunID: o.RunID, Connection: o.ConnectionID, UserID: userID, User: userName,
		Module: module, Direction: into(o.Side), Action: o.Action, VTigerID: o.VTigerID, OutlookID: o.OutlookID, Name: o.Name,
		Fields: make(map[contact.Field]fieldDiff, len(o.Fields)), Outcome: o.Outcome, ReasonKind: o.ReasonKind, Reason: o.Reason,
	}
	for f, change := range o.Fields {
		v.Fields[f] = fieldDiff{Conflict: change.Conflict}
		if userID == to.ID {
			v.Fields[f] = wholeDiff(change)
		}
	}
	return v
}

func wholeDiff(c reconcile.FieldChange) fieldDiff {
	return fieldDiff{&c.Before, &c.After, c.Conflict, c.Lost}
}

// into is the direction of what is written on a side; findings that belong to neither have none.
func into(s contact.Side) string {
	switch s {
	case contact.VTiger:
		return string(contact.ToVTiger)
	case contact.Outlook:
		return string(contact.ToOutlook)
	}
	return ""
}

// target is the side into which a direction goes; empty for none.
func target(direction string) contact.Side {
	for _, s := range contact.Sides {
		if into(s) == direction {
			return s
		}
	}
	return ""
}
