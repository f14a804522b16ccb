package alert

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"contactbridge/internal/contact"
)

// sendTime bounds one attempt.
const sendTime = 15 * time.Second

// Webhook is a program that wants to be told.
type Webhook struct {
	URL    string
	Secret string // signs what is sent; empty: nothing is signed
}

// Send posts a notice as JSON. The headers are those of the Standard Webhooks specification: the signature is
// "v1," and the base64 HMAC-SHA256, by the secret's bytes, of id, time and body with dots between them.
func (w Webhook) Send(ctx context.Context, n Notice) error {
	const doing = "call the webhook"
	body, err := n.JSON()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return &contact.Error{Kind: contact.BadInput, Doing: doing, Sentence: "The address of the webhook cannot be used."}
	}
	at := strconv.FormatInt(time.Now().Unix(), 10)
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("User-Agent", "Contact-Bridge")
	q.Header.Set("Webhook-Id", n.ID)
	q.Header.Set("Webhook-Timestamp", at)
	if w.Secret != "" {
		q.Header.Set("Webhook-Signature", "v1,"+sign(w.Secret, n.ID+"."+at+"."+string(body)))
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := client.Do(q)
	if err != nil {
		return &contact.Error{Kind: contact.Unavailable, Doing: doing, Sentence: "The webhook does not answer."}
	}
	defer a.Body.Close()
	// Read, so that the connection can be used again; what it says is of no interest.
	_, _ = io.Copy(io.Discard, io.LimitReader(a.Body, 1<<16))
	if a.StatusCode < 200 || a.StatusCode > 299 {
		return &contact.Error{Kind: contact.Unavailable, Doing: doing, Code: strconv.Itoa(a.StatusCode), Sentence: fmt.Sprintf("The webhook answers with status %d.", a.StatusCode)}
	}
	return nil
}

func sign(secret, content string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(content))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
