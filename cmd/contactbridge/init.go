package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"

	"contactbridge/internal/ledger"
)

// initialise writes an .env with fresh secrets. It never overwrites one: a lost keyset means lost sign-ins.
func initialise(_ context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("init", flag.ContinueOnError)
	flags.SetOutput(out)
	path := flags.String("file", ".env", "the file to write")
	public := flags.String("public-url", "http://127.0.0.1:8080", "the address under which browsers reach the API")
	if err := parse(flags, args); err != nil {
		return err
	}
	keyset, err := ledger.NewKeyset()
	if err != nil {
		return err
	}
	text := fmt.Sprintf(`# Written by contactbridge init. Keep it secret and back it up: without CONTACTBRIDGE_KEYSET every user must sign in anew.
CONTACTBRIDGE_KEYSET=%s
POSTGRES_PASSWORD=%s
CONTACTBRIDGE_PUBLIC_URL=%s

# Your vTiger, and the administrator that the sync works as. Left empty, they are asked for by the set-up link in the log.
VTIGER_URL=
VTIGER_USERNAME=
VTIGER_ACCESS_KEY=
`, keyset, rand.Text(), *public)
	file, err := os.OpenFile(*path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already and is left as it is", *path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", *path, err)
	}
	if _, err := file.WriteString(text); err != nil {
		return fmt.Errorf("write %s: %w", *path, errors.Join(err, file.Close()))
	}
	fmt.Fprintf(out, "wrote %s; fill in the three VTIGER_ lines, or leave them to the set-up link\n", *path)
	return file.Close()
}
