package worker_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
)

// store is a database that several sites use one after the other, and each from empty.
type store struct {
	t           *testing.T
	live        *process
	ledger      *ledger.Ledger
	dsn, keyset string
	sealed      *ledger.Keyset
}

func newStore(t *testing.T) *store {
	text, err := ledger.NewKeyset()
	require.NoError(t, err)
	s := &store{t: t, keyset: text, dsn: migrated.Database(t)}
	s.sealed, err = ledger.ParseKeyset(text)
	require.NoError(t, err)
	s.ledger, err = ledger.Open(t.Context(), s.dsn, s.sealed)
	require.NoError(t, err)
	t.Cleanup(func() { s.ledger.Close() })
	return s
}

// empty forgets everything but the schema. What others refer to without taking it with them, the users, goes last.
func (s *store) empty(t *testing.T) {
	_, err := s.ledger.DB().NewRaw(`DO $$ DECLARE name text; BEGIN
		FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'bun_%' ORDER BY tablename = 'users' LOOP
			EXECUTE 'DELETE FROM ' || name;
		END LOOP; END $$`).Exec(t.Context())
	require.NoError(t, err)
}

// process gives the one that lives. PostgreSQL takes longer to let a process in than it needs for most of what it asks, so
// that one serves several sites, until it dies.
func (s *store) process(t *testing.T) *process {
	if s.live != nil && !s.live.isDying() {
		return s.live
	}
	p := &process{cancel: func() {}}
	var dsn string
	p.wire, dsn = newWire(t, s.dsn, p)
	var err error
	p.ledger, err = ledger.Open(context.Background(), dsn, s.sealed)
	require.NoError(t, err)
	s.t.Cleanup(func() { p.wire.cut(); p.ledger.Close() })
	s.live = p
	return p
}
