package ledger

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keyset seals secrets (Tink AEAD). Its newest key seals, all of its keys open, so that keys can rotate.
type Keyset struct{ aead tink.AEAD }

// NewKeyset makes the text of a fresh keyset, as CONTACTBRIDGE_KEYSET holds it.
func NewKeyset() (string, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return "", fmt.Errorf("make a keyset: %w", err)
	}
	var buf bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewBinaryWriter(&buf)); err != nil {
		return "", fmt.Errorf("write a keyset: %w", err)
	}
	return base64.StdEncoding.EncodeToString(buf.Bytes()), nil
}

// ParseKeyset reads a keyset's text. Its errors never quote it.
func ParseKeyset(text string) (*Keyset, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("it is not the base64 text that `contactbridge init` writes")
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, errors.New("it holds no keyset")
	}
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, errors.New("it holds no keys that can seal")
	}
	return &Keyset{aead: primitive}, nil
}

// close seals a secret for one purpose; it opens for that purpose only.
func (k *Keyset) close(purpose string, secret []byte) ([]byte, error) {
	sealed, err := k.aead.Encrypt(secret, []byte(purpose))
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", purpose, err)
	}
	return sealed, nil
}

// open gives back what was sealed for the purpose.
func (k *Keyset) open(purpose string, sealed []byte) ([]byte, error) {
	secret, err := k.aead.Decrypt(sealed, []byte(purpose))
	if err != nil {
		return nil, fmt.Errorf("open %s: it was sealed with a key that CONTACTBRIDGE_KEYSET no longer holds", purpose)
	}
	return secret, nil
}
