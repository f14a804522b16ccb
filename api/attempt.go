package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

const (
	deviceCookie = "contactbridge_device"
	deviceLife   = 180 * 24 * time.Hour
)

// spelled gives a user name in a form in which all are equal that vTiger's database takes for one: it compares without case
// and accents, and without what is not seen.
func spelled(userName string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r > ' ' && r < unicode.MaxASCII {
			return r
		}
		return -1
	}, cases.Fold().String(norm.NFKD.String(userName)))
}

// beginAttempt refuses a sign-in, without asking vTiger, after too many that failed.
func (s *Server) beginAttempt(ctx context.Context, userName, device string) (*ledger.Attempt, error) {
	a := &ledger.Attempt{Name: spelled(userName), Address: originOf(ctx).household(), Device: device, Spelled: spelled}
	wait, err := s.Ledger.BeginAttempt(ctx, a)
	if err == nil && wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		p := refuse(tooMany, fmt.Sprintf("Too many sign-ins failed; the next one can be tried in %d seconds.", seconds))
		p.header.Set("Retry-After", strconv.Itoa(seconds))
		return nil, p
	}
	return a, err
}

// failedAttempt sorts a sign-in that vTiger refused, which counts and which the audit log tells, from one without an answer.
func (s *Server) failedAttempt(ctx context.Context, a *ledger.Attempt, err error) error {
	if contact.KindOf(err) != contact.NeedsSignIn {
		return errors.Join(err, s.Ledger.Unanswered(ctx, a))
	}
	// What was typed is told only if it is a user's name: it may be a password in the wrong place.
	u, unknown := s.Ledger.UserNamed(ctx, a.Name, spelled)
	if unknown != nil && !errors.Is(unknown, ledger.ErrNotFound) {
		return unknown
	}
	done := act(ctx)
	done.Due, done.Action, done.UserID, done.UserName = true, "sign-in-refused", u.ID, u.UserName
	if failed := s.Ledger.Keep(context.WithoutCancel(ctx), done); failed != nil {
		return failed
	}
	return refuse(wrongSignIn, contact.SentenceOf(err))
}

// knowDevice lets the browser be known again, and gives its cookie, which is sent with sign-ins only.
func (s *Server) knowDevice(ctx context.Context, u ledger.User, a *ledger.Attempt) (string, error) {
	token := a.Device
	if !a.Known {
		token = rand.Text()
	}
	err := s.Ledger.KnowDevice(ctx, token, u.ID, time.Now().Add(deviceLife))
	return s.cookie(deviceCookie, token, prefix+"/session", deviceLife), err
}
