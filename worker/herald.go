package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"contactbridge/internal/alert"
	"contactbridge/internal/ledger"
)

// heraldMost bounds what the herald takes in hand at once.
const heraldMost = 100

// Herald tells people of trouble: it decides whom, and sends what is due from the outbox until it was taken. A message that
// was taken just before a crash is sent once more, with the same id.
func Herald(l *ledger.Ledger, publicURL string, log *slog.Logger) Chore {
	h := herald{l, publicURL, log}
	return Chore{Name: "herald", Every: 10 * time.Second, Log: log, Do: h.work}
}

type herald struct {
	ledger    *ledger.Ledger
	publicURL string
	log       *slog.Logger
}

func (h herald) work(ctx context.Context) error {
	settings, err := h.ledger.AlertSettings(ctx)
	if err != nil {
		return err
	}
	return errors.Join(h.watchSecret(ctx), h.address(ctx, settings), h.send(ctx, settings))
}

// address decides whom to tell of what is new. Without receivers nobody is told, also later.
func (h herald) address(ctx context.Context, s ledger.AlertSettings) error {
	open, err := h.ledger.OpenAlerts(ctx, heraldMost)
	for _, a := range open {
		if err == nil {
			err = h.ledger.Address(ctx, a.ID, receivers(s, a))
		}
	}
	return err
}

// receivers are the webhook, the administrator, and the user whom it concerns.
func receivers(s ledger.AlertSettings, a ledger.Alert) (to []ledger.Receiver) {
	if s.WebhookURL != "" {
		to = append(to, ledger.Receiver{Channel: ledger.Webhook})
	}
	for _, address := range []string{s.AdminAddress, a.Email} {
		if r := (ledger.Receiver{Channel: ledger.Mail, Address: address}); s.SMTPHost != "" && address != "" && !slices.Contains(to, r) {
			to = append(to, r)
		}
	}
	return to
}

// send tries what is due. One receiver that fails keeps no other waiting.
func (h herald) send(ctx context.Context, s ledger.AlertSettings) error {
	due, err := h.ledger.Due(ctx, heraldMost)
	if err != nil {
		return err
	}
	for _, d := range due {
		if err := deliver(ctx, s, d, h.publicURL); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			h.log.Warn("an alert could not be sent", "alert", d.Number, "channel", d.Channel, "attempt", d.Attempts+1, "error", err.Error())
			if err := h.ledger.Undelivered(ctx, d.Number, again(d.Attempts)); err != nil {
				return err
			}
			continue
		}
		// What was sent is noted even when we are asked to stop.
		if err := h.ledger.Delivered(context.WithoutCancel(ctx), d.Number); err != nil {
			return err
		}
	}
	return nil
}

func deliver(ctx context.Context, s ledger.AlertSettings, d ledger.Delivery, publicURL string) error {
	n := alert.Notice{
		ID: d.Number, Kind: d.Kind, Connection: d.ConnectionID, Module: d.Module, UserID: d.UserID, UserName: d.UserName,
		What: d.Sentence, At: d.CreatedAt.UTC(), Last: d.Last,
	}.Worded(publicURL)
	if d.Channel == ledger.Webhook {
		return alert.Webhook{URL: s.WebhookURL, Secret: s.WebhookSecret}.Send(ctx, n)
	}
	return alert.SMTP{Host: s.SMTPHost, Port: s.SMTPPort, Username: s.SMTPUsername, Password: s.SMTPPassword, From: s.From}.Send(ctx, d.Receiver, n)
}

// Attempts double their pause from a minute to four hours, and end after about three days.
const (
	mostAttempts = 24
	longestPause = 4 * time.Hour
)

// again is how long a delivery waits after some attempts that failed and the one that failed now; 0 gives it up.
func again(failed int) time.Duration {
	if failed+1 >= mostAttempts {
		return 0
	}
	return min(time.Minute<<min(failed, 10), longestPause)
}

// warnings are the days before the end of the client secret at which it is announced.
var warnings = []int{1, 7, 30}

// watchSecret announces the end of Microsoft's client secret, once at each of the warnings.
func (h herald) watchSecret(ctx context.Context) error {
	m, err := h.ledger.Microsoft(ctx)
	if err != nil || m.SecretEnds == "" {
		return err
	}
	ends, err := time.Parse(time.DateOnly, m.SecretEnds)
	left := time.Until(ends)
	if err != nil || left <= 0 {
		return err // from then on connections are in trouble, which is told
	}
	for _, days := range warnings {
		if left <= time.Duration(days)*24*time.Hour {
			return h.ledger.Raise(ctx, fmt.Sprintf("secret/%s/%d", m.SecretEnds, days), alert.SecretExpires,
				"The client secret with which Contact Bridge reaches Microsoft expires on "+m.SecretEnds+"; every sync stops then.")
		}
	}
	return nil
}
