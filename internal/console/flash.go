package console

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

const (
	flashCookie = "contactbridge_flash"
	mostOfFlash = 1000 // characters: a cookie holds little
)

// flash is a notice that the next page shows, once. It travels in a cookie, so it holds no secret and nothing of a contact.
type flash struct {
	Kind string // good, warn or bad
	Text string
}

func (v *visit) flash(kind, text string) {
	if r := []rune(text); len(r) > mostOfFlash {
		text = string(r[:mostOfFlash]) + "…"
	}
	// Two texts can always be written.
	raw, _ := json.Marshal(flash{kind, text})
	v.setCookie(flashCookie, base64.RawURLEncoding.EncodeToString(raw), time.Minute)
}

// takeFlash gives the notice, and forgets it. What is no notice of ours is none.
func (v *visit) takeFlash() *flash {
	held, err := v.Request.Cookie(flashCookie)
	if err != nil {
		return nil
	}
	v.setCookie(flashCookie, "", 0)
	var f flash
	raw, err := base64.RawURLEncoding.DecodeString(held.Value)
	if err != nil || json.Unmarshal(raw, &f) != nil || f.Text == "" || (f.Kind != "good" && f.Kind != "warn" && f.Kind != "bad") {
		return nil
	}
	return &f
}

// setCookie sets one that no script and no other site's form can use; a life of 0 removes it.
func (v *visit) setCookie(name, value string, life time.Duration) {
	c := http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(v.console.PublicURL, "https://"),
	}
	if life == 0 {
		c.MaxAge = -1
	}
	http.SetCookie(v.Writer, &c)
}
