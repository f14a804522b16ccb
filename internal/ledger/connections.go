package ledger

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/reconcile"
)

// Settings is what a user decides for a connection.
type Settings struct {
	Mapping         fieldmap.Mapping          `json:"mapping"`
	Direction       contact.Direction         `json:"direction"`
	ConflictPolicy  reconcile.ConflictPolicy  `json:"conflictPolicy"`
	DeleteInOutlook bool                      `json:"deleteInOutlook"`
	DeleteInVTiger  bool                      `json:"deleteInVtiger"`
	DeleteVersus    string                    `json:"deleteVersusEdit"` // editWins or deleteWins
	OnScopeExit     ScopeExit                 `json:"onScopeExit"`
	ExistsElsewhere reconcile.ElsewherePolicy `json:"existsElsewhere"`
	Guard           reconcile.Limits          `json:"deleteGuard"` // zero: the default ones
	PhoneRegion     string                    `json:"phoneRegion"`
	BatchSize       int                       `json:"batchSize"`       // 0: all
	Filter          *Filter                   `json:"filter"`          // the saved filter whose members flow; nil: all
	Conditions      reconcile.Conditions      `json:"conditions"`      // what vTiger's records have to meet to flow; none: all do
	OutlookFilter   *reconcile.Categories     `json:"outlookFilter"`   // the categories of Outlook's contacts that flow; nil: all
	OwnerScope      OwnerScope                `json:"ownerScope"`      // whose vTiger records flow besides the user's own
	Automatic       bool                      `json:"automatic"`       // sync by itself
	IntervalMinutes int                       `json:"intervalMinutes"` // 0: DefaultInterval
	SyncFrom        string                    `json:"syncFrom"`        // YYYY-MM-DD in the vTiger user's time zone; empty: all
}

// Categories are those of Outlook's contacts that flow; the zero value takes all.
func (s Settings) Categories() reconcile.Categories {
	if s.OutlookFilter == nil {
		return reconcile.Categories{}
	}
	return *s.OutlookFilter
}

// DefaultInterval is how often a connection syncs by itself unless told, in minutes.
const DefaultInterval = 15

// Interval is how often the connection syncs by itself.
func (s Settings) Interval() time.Duration {
	if s.IntervalMinutes == 0 {
		return DefaultInterval * time.Minute
	}
	return time.Duration(s.IntervalMinutes) * time.Minute
}

// ScopeExit says what becomes of the copy of a record that left the scope.
type ScopeExit string

// The two; the zero one is KeepCopy.
const (
	KeepCopy   ScopeExit = "keep"
	RemoveCopy ScopeExit = "removeCopy"
)

// limits are the guard's; a connection without any has the default ones.
func (s Settings) limits() reconcile.Limits {
	if s.Guard == (reconcile.Limits{}) {
		return reconcile.DefaultLimits()
	}
	return s.Guard
}

// Connection is one vTiger user's sync of one module with one mailbox folder.
type Connection struct {
	bun.BaseModel `bun:"table:connections,alias:c"`

	ID              string    `bun:"id,pk"`
	UserID          string    `bun:"user_id"`
	Module          string    `bun:"module"`
	Epoch           int64     `bun:"epoch"`
	MailboxTenant   string    `bun:"mailbox_tenant"`
	MailboxID       string    `bun:"mailbox_id"`
	MailboxAddress  string    `bun:"mailbox_address"`
	MailboxName     string    `bun:"mailbox_name"`
	FolderID        string    `bun:"folder_id"`
	FolderName      string    `bun:"folder_name"`
	Settings        Settings  `bun:"settings,type:jsonb"`
	SettingsVersion int64     `bun:"settings_version"`
	ScopeVersion    int64     `bun:"scope_version"`   // counts the changes of what a preview must show
	PreviewedScope  int64     `bun:"previewed_scope"` // the latest ScopeVersion that was previewed, or waived
	Trouble         string    `bun:"trouble"`         // the kind of what keeps it from syncing; empty when nothing does
	TroubleSentence string    `bun:"trouble_sentence"`
	CreatedAt       time.Time `bun:"created_at"`
	SignedIn        bool      `bun:"signed_in,scanonly"`
	Grant           Grant     `bun:"granted,scanonly"`        // how the mailbox is reached; empty when it is not
	SignIn          int64     `bun:"sign_in_number,scanonly"` // counts the sign-ins and assignments
	Astral          bool      `bun:"astral,scanonly"`         // vTiger's database is known to hold characters above U+FFFF
	TimeZone        string    `bun:"time_zone,scanonly"`      // the vTiger user's, of the tz database; empty when it is not known
	Rules           Rules     `bun:"rules,type:jsonb,scanonly"`
	Lacks           string    `bun:"lacks,scanonly"` // PostgreSQL's own word for Glances
}

// Shapes says how the mapped fields are compared and what each side can hold.
func (c Connection) Shapes() []contact.Shape {
	return c.Settings.Mapping.Shapes(fieldmap.Place{Module: c.Module, Region: c.Settings.PhoneRegion, Astral: c.Astral})
}

// Feed names the change feed of one side. vTiger's is shared by all connections of the module.
func (c Connection) Feed(side contact.Side) string {
	if side == contact.VTiger {
		return vtigerFeed(c.Module)
	}
	return "outlook/" + c.ID + "/" + itoa(c.Epoch)
}

func vtigerFeed(module string) string { return "vtiger/" + module }

// CreateConnection makes a connection for a user; ErrConflict when the module has one already. The next reading of the
// module lists the records of an owner who is new to it.
func (l *Ledger) CreateConnection(ctx context.Context, userID, module string, s Settings) (Connection, error) {
	c := Connection{ID: uuid.NewString(), UserID: userID, Module: module, Epoch: 1, Settings: s, SettingsVersion: 1, ScopeVersion: 1, CreatedAt: time.Now()}
	err := l.audited(ctx, "create a connection", func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&c).Exec(ctx)
		return err
	})
	return c, err
}

// connections selects them with their sign-in state.
func (l *Ledger) connections(model any) *bun.SelectQuery {
	return l.db.NewSelect().Model(model).ColumnExpr("c.*").
		ColumnExpr("coalesce((SELECT f.astral FROM feeds f WHERE f.id = 'vtiger/' || c.module), false) AS astral").
		ColumnExpr(rulesColumn).
		ColumnExpr("coalesce((SELECT u.time_zone FROM users u WHERE u.id = c.user_id), '') AS time_zone").
		Join("LEFT JOIN credentials k ON k.connection_id = c.id").
		ColumnExpr("k.connection_id IS NOT NULL AS signed_in, coalesce(k.kind, '') AS granted, coalesce(k.sign_in, 0) AS sign_in_number")
}

// Connection finds one; ErrNotFound.
func (l *Ledger) Connection(ctx context.Context, id string) (Connection, error) {
	var c Connection
	if _, err := uuid.Parse(id); err != nil {
		return c, wrap("find the connection", ErrNotFound)
	}
	return c, wrap("find the connection", l.connections(&c).Where("c.id = ?", id).Scan(ctx))
}

// Connections lists one user's, or everybody's when userID is empty.
func (l *Ledger) Connections(ctx context.Context, userID string) ([]Connection, error) {
	var out []Connection
	q := l.connections(&out).Order("c.created_at", "c.id")
	if userID != "" {
		q = q.Where("c.user_id = ?", userID)
	}
	return out, wrap("list the connections", q.Scan(ctx))
}

// SaveConnectionSettings replaces settings and folder, if nobody else did since c was read (ErrMoved). What the last plans
// found quiet is looked at again, and fields whose mapping row changed meet again without a base. Another folder is another
// epoch; one that another connection syncs with is ErrConflict.
func (l *Ledger) SaveConnectionSettings(ctx context.Context, c Connection) error {
	return l.audited(ctx, "save the connection's settings", func(ctx context.Context, tx bun.Tx) error { return saveSettings(ctx, tx, c) })
}

func saveSettings(ctx context.Context, tx bun.Tx, c Connection) error {
	var old Connection
	if err := tx.NewSelect().Model(&old).Where("id = ?", c.ID).For("UPDATE").Scan(ctx); err != nil {
		return err
	}
	// The mailbox is not the settings' business; of a connection that moved on nothing is saved.
	wanted := old
	wanted.FolderID = c.FolderID
	var err error
	if c.Epoch, err = turnEpoch(ctx, tx, old, wanted); err != nil {
		return err
	}
	update := tx.NewUpdate().Model(&c).Column("settings", "folder_id", "folder_name", "epoch").
		Set("settings_version = settings_version + 1")
	if c.FolderID != old.FolderID || rescoped(old.Settings, c.Settings) {
		update = update.Set("scope_version = scope_version + 1")
	}
	res, err := update.Where("id = ? AND settings_version = ?", c.ID, c.SettingsVersion).Exec(ctx)
	if err := one(res, err, ErrMoved); err != nil {
		return err
	}
	if err := unlist(ctx, tx, old, narrowed(old, c.Settings)); err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*Link)(nil)).Set("quiet_vtiger = NULL, quiet_outlook = NULL").
		Set("base = base - ?0::text[], replaced = replaced - ?0::text[]", pgArray(changedRows(old.Settings.Mapping, c.Settings.Mapping))).
		Where("connection_id = ?", c.ID).Exec(ctx)
	if err != nil {
		return err
	}
	// What an unclear operation wrote by an old row enters no base.
	_, err = tx.NewUpdate().Model((*Operation)(nil)).
		Set("fields = fields - ?::text[]", pgArray(changedRows(old.Settings.Mapping, c.Settings.Mapping))).
		Where("connection_id = ? AND outcome = ?", c.ID, Unclear).Exec(ctx)
	if err != nil {
		return err
	}
	// What was planned under the old settings is not sent any more.
	_, err = tx.NewUpdate().Model((*Operation)(nil)).
		Set("outcome = ?, reason_kind = 'settings-changed', reason = 'The settings changed since it was planned.'", Discarded).
		Set("settled_at = now(), place = nextval('log_places')").
		Where("connection_id = ? AND outcome = ?", c.ID, Planned).Exec(ctx)
	return err
}

// sameSettings tells whether the connection still has the settings that c was read with, and keeps them so until tx ends.
func sameSettings(ctx context.Context, tx bun.Tx, c Connection) (bool, error) {
	var version int64
	err := tx.NewSelect().Model((*Connection)(nil)).Column("settings_version").Where("id = ?", c.ID).For("SHARE").Scan(ctx, &version)
	return version == c.SettingsVersion, err
}

// changedRows lists the fields whose row is new, gone or spelled otherwise.
func changedRows(old, now fieldmap.Mapping) []string {
	var out []string
	for _, pair := range [][2]fieldmap.Mapping{{old, now}, {now, old}} {
		for _, r := range pair[0] {
			if !slices.ContainsFunc(pair[1], r.SpelledAs) {
				out = append(out, string(r.Field()))
			}
		}
	}
	return out
}
