package ledger

import (
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// ended is the state of a link that no longer holds; it stays as a tombstone.
const ended reconcile.LinkState = "ended"

// Link is one row of the third tree.
type Link struct {
	bun.BaseModel `bun:"table:links,alias:l"`

	ID           int64                                   `bun:"id,pk,autoincrement"`
	ConnectionID string                                  `bun:"connection_id"`
	Epoch        int64                                   `bun:"epoch"`
	State        reconcile.LinkState                     `bun:"state"`
	VTigerID     string                                  `bun:"vtiger_id"`
	OutlookID    string                                  `bun:"outlook_id"`
	Missing      contact.Side                            `bun:"missing"`
	Base         reconcile.Base                          `bun:"base,type:jsonb"`
	Replaced     map[contact.Field]reconcile.Replacement `bun:"replaced,type:jsonb,nullzero,default:'{}'"`
	Condemned    contact.Side                            `bun:"condemned"`
	StateAt      time.Time                               `bun:"state_at,nullzero,default:now()"` // since when it has its state
	QuietVTiger  *string                                 `bun:"quiet_vtiger"`
	QuietOutlook *string                                 `bun:"quiet_outlook"`
	CreatedAt    time.Time                               `bun:"created_at,nullzero,default:now()"` // by the database's clock
	EndedAt      *time.Time                              `bun:"ended_at"`
}

// Reconcile gives the link as the planner takes it.
func (l Link) Reconcile() reconcile.Link {
	return reconcile.Link{
		ID: l.ID, State: l.State, VTiger: l.VTigerID, Outlook: l.OutlookID, Missing: l.Missing, Base: l.Base,
		Replaced: l.Replaced, Condemned: l.Condemned,
	}
}
