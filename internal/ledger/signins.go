package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"
)

// Mailbox is who a connection is signed in as.
type Mailbox struct{ Tenant, ID, Address, Name string }

// Grant is how a connection reaches its mailbox.
type Grant string

// The grants. A delegated one is the connection's own: two connections of one mailbox have two.
const (
	Delegated   Grant = "delegated"   // the mailbox's user signed in
	Application Grant = "application" // an admin named the mailbox, and the app reaches it without a user
	Service     Grant = "service"     // an admin gave it the mailbox of the service account
)

// credential is what a connection reaches its mailbox by. refresh is sealed, and set for delegated ones only.
type credential struct {
	bun.BaseModel `bun:"table:credentials"`

	ConnectionID string    `bun:"connection_id,pk"`
	Kind         Grant     `bun:"kind"`
	MailboxID    string    `bun:"mailbox_id"`
	Refresh      []byte    `bun:"refresh,nullzero"`
	SignIn       int64     `bun:"sign_in"`
	Version      int64     `bun:"version"`
	UpdatedAt    time.Time `bun:"updated_at"`
}

// SignedIn keeps a sealed refresh token and the mailbox it is for, and ends the sign-in trouble. Another mailbox than before
// is another epoch, and empties the choice of the folder.
func (l *Ledger) SignedIn(ctx context.Context, connectionID string, m Mailbox, refresh string) error {
	sealed, err := l.seal.close("refresh/"+connectionID, []byte(refresh))
	if err != nil {
		return err
	}
	return l.reach(ctx, "keep the sign-in", connectionID, m, credential{Kind: Delegated, Refresh: sealed})
}

// Assign lets a connection reach a mailbox that an admin named, without a sign-in of its own: by the Application or the
// Service grant. A sign-in that it had is forgotten. Another mailbox is as in SignedIn.
func (l *Ledger) Assign(ctx context.Context, connectionID string, m Mailbox, by Grant) error {
	return l.reach(ctx, "assign the mailbox", connectionID, m, credential{Kind: by})
}

func (l *Ledger) reach(ctx context.Context, doing, connectionID string, m Mailbox, by credential) error {
	return l.audited(ctx, doing, func(ctx context.Context, tx bun.Tx) error {
		if err := enterMailbox(ctx, tx, connectionID, m); err != nil {
			return err
		}
		row := by
		row.ConnectionID, row.MailboxID, row.SignIn, row.Version, row.UpdatedAt = connectionID, m.ID, 1, 1, time.Now()
		_, err := tx.NewInsert().Model(&row).On("CONFLICT (connection_id) DO UPDATE").
			Set("kind = EXCLUDED.kind, mailbox_id = EXCLUDED.mailbox_id, refresh = EXCLUDED.refresh").
			Set("sign_in = credential.sign_in + 1, version = credential.version + 1, updated_at = EXCLUDED.updated_at").Exec(ctx)
		return err
	})
}

// enterMailbox notes whose mailbox it is.
func enterMailbox(ctx context.Context, tx bun.Tx, connectionID string, m Mailbox) error {
	var old Connection
	if err := tx.NewSelect().Model(&old).Where("id = ?", connectionID).For("UPDATE").Scan(ctx); err != nil {
		return err
	}
	wanted := old
	wanted.MailboxID, wanted.MailboxAddress, wanted.MailboxName = m.ID, m.Address, m.Name
	wanted.Trouble, wanted.TroubleSentence = "", ""
	if old.MailboxID != m.ID || old.MailboxTenant == "" {
		tenant, err := knownTenant(ctx, tx, connectionID, m)
		if err != nil {
			return err
		}
		wanted.MailboxTenant = tenant
	}
	if old.MailboxID != m.ID && old.MailboxID != "" {
		wanted.FolderID, wanted.FolderName = "", ""
		wanted.SettingsVersion++ // so that no plan or settings made for the old mailbox are kept
	}
	var err error
	if wanted.Epoch, err = turnEpoch(ctx, tx, old, wanted); err != nil {
		return err
	}
	if wanted.MailboxID != old.MailboxID {
		wanted.ScopeVersion++
	}
	_, err = tx.NewUpdate().Model(&wanted).WherePK().Column("epoch", "mailbox_tenant", "mailbox_id", "mailbox_address", "mailbox_name",
		"folder_id", "folder_name", "settings_version", "scope_version", "trouble", "trouble_sentence").Exec(ctx)
	return err
}

// knownTenant gives the tenant as an earlier epoch of the mailbox has it: it is part of every stamp.
func knownTenant(ctx context.Context, tx bun.Tx, connectionID string, m Mailbox) (string, error) {
	tenant := m.Tenant
	err := tx.NewSelect().Model((*epoch)(nil)).Column("mailbox_tenant").
		Where("connection_id = ? AND mailbox_id = ?", connectionID, m.ID).Order("number").Limit(1).Scan(ctx, &tenant)
	return tenant, ignoreNone(err)
}

// SaveRefresh replaces a rotated refresh token and gives the sign-in's new version. When somebody signed in anew or rotated
// it since version, theirs stands: Microsoft goes on accepting both. ErrNotFound when the sign-in was revoked meanwhile.
func (l *Ledger) SaveRefresh(ctx context.Context, connectionID string, version int64, refresh string) (int64, error) {
	sealed, err := l.seal.close("refresh/"+connectionID, []byte(refresh))
	if err != nil {
		return version, err
	}
	const doing = "keep the rotated sign-in"
	res, err := l.db.NewUpdate().Model((*credential)(nil)).Set("refresh = ?, version = version + 1, updated_at = now()", sealed).
		Where("connection_id = ? AND version = ?", connectionID, version).Exec(ctx)
	if err := one(res, err, ErrMoved); err == nil {
		return version + 1, nil
	} else if !errors.Is(err, ErrMoved) {
		return version, wrap(doing, err)
	}
	held, err := l.db.NewSelect().Model((*credential)(nil)).Where("connection_id = ?", connectionID).Exists(ctx)
	if err == nil && !held {
		err = ErrNotFound
	}
	return version, wrap(doing, err)
}

// Refresh opens a connection's refresh token and gives its version; ErrNotFound when nobody is signed in.
func (l *Ledger) Refresh(ctx context.Context, connectionID string) (refresh string, version int64, err error) {
	refresh, row, err := l.credential(ctx, connectionID)
	return refresh, row.Version, err
}

func (l *Ledger) credential(ctx context.Context, connectionID string) (refresh string, row credential, err error) {
	err = l.db.NewSelect().Model(&row).Where("connection_id = ? AND kind = ?", connectionID, Delegated).Scan(ctx)
	if err != nil {
		return "", row, wrap("read the sign-in", err)
	}
	opened, err := l.seal.open("refresh/"+connectionID, row.Refresh)
	return string(opened), row, err
}

// SignedOut forgets the refresh token or the assignment; mailbox, folder and links stay for the next sign-in.
func (l *Ledger) SignedOut(ctx context.Context, connectionID string) error {
	return l.audited(ctx, "forget the sign-in", func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*credential)(nil)).Where("connection_id = ?", connectionID).Exec(ctx)
		return err
	})
}
