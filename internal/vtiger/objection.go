package vtiger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"contactbridge/internal/contact"
)

// The objections of Check. Each gives a sentence for vTiger's administrator, or nothing.

// oldest is the first major version of vTiger whose web service has the operation revise as it is used here.
const oldest = 7

// tooOld reads the major version; one that cannot be read is let pass.
func tooOld(i Info) string {
	major, _, _ := strings.Cut(i.Version, ".")
	if n, err := strconv.Atoi(major); err != nil || n >= oldest {
		return ""
	}
	return fmt.Sprintf("This vTiger is older than version %d, the oldest that can be used: update vTiger.", oldest)
}

// withoutContacts names the bug of the first 8.3.0, whose repaired builds call themselves 8.3.0 as well.
func withoutContacts(i Info) string {
	switch {
	case i.shows("Contacts"):
		return ""
	case !i.Admin && strings.HasPrefix(i.Version, "8.3.0"):
		return "vTiger shows no Contacts to this account. In vTiger 8.3.0 a known bug hides all modules from users without " +
			"the global right to view all records (upstream issue 1934, repaired in November 2024): update vTiger, or use an " +
			"administrator's account."
	}
	return "vTiger shows no Contacts to this account: enable the Contacts module, and let the account's profile use it."
}

func notAdmin(i Info) string {
	if i.Admin {
		return ""
	}
	return "The integration account is no vTiger administrator: only administrators can read the list of users. " +
		"Use an administrator's account."
}

// tolerance is how far the clocks may be apart; a login and a slow network take seconds.
const tolerance = 2 * time.Minute

func clockOff(i Info) string {
	way := "ahead of"
	if i.Ahead < 0 {
		way = "behind"
	}
	if i.Ahead.Abs() <= tolerance {
		return ""
	}
	return fmt.Sprintf("The clock of the vTiger server is %s %s ours: set both servers' clocks by NTP.",
		i.Ahead.Abs().Round(time.Second), way)
}

// farthestZone is the zone farthest ahead of UTC.
const farthestZone = 14 * time.Hour

// zoneOff tells that vTiger does not store its times in UTC, as far as reading shows it: a record changed in the future.
// Of a zone behind UTC, and in a vTiger in which nothing was changed lately, nothing can be known. A clock that was ahead
// for a while looks the same. What cannot be read objects to nothing: the first walk will fail and say why.
func (c *Client) zoneOff(ctx context.Context, i Info, s *session) string {
	for _, module := range []string{"Contacts", "Leads", "Accounts", "Vendors"} {
		if !i.shows(module) {
			continue
		}
		rows, err := c.query(ctx, "read the newest record of vTiger", "select modifiedtime from "+module+" order by modifiedtime desc limit 1")
		if err != nil || len(rows) == 0 {
			continue
		}
		changed, err := time.Parse(timeForm, rows[0]["modifiedtime"])
		if ahead := changed.Sub(s.now()); err == nil && ahead > tolerance && ahead <= farthestZone+tolerance {
			return fmt.Sprintf("The newest record of %s was changed %s in the future, so vTiger does not seem to store its times in UTC: "+
				"set $default_timezone to 'UTC' in its config.inc.php. If it is UTC, vTiger's clock was wrong before: save that record again.",
				module, ahead.Round(time.Minute))
		}
	}
	return ""
}

// atConnect words errors that mean something else at the first connection than later: a wrong address, above all.
func atConnect(err error) error {
	var e *contact.Error
	if !errors.As(err, &e) {
		return err
	}
	sentence, known := connectSentences[e.Code]
	if !known {
		return err
	}
	worded := *e
	worded.Sentence = sentence
	return &worded
}

const (
	beginning   = "Enter the address at which a browser opens vTiger"
	redirecting = "The web server sends us from this address to another one. " + beginning + ", as the browser shows it in the end, https:// included."
	guarded     = "The web server wants a sign-in of its own before vTiger: let this server reach webservice.php without it."
)

var connectSentences = map[string]string{
	codeWebPage:   "A web page answers instead of vTiger's web service. " + beginning + "; if it is right, see whether a sign-in or maintenance page stands before vTiger.",
	codeOtherJSON: "Something answers at this address, but it is not vTiger. " + beginning + ".",
	codeNoBody:    "An empty answer came instead of vTiger's. " + beginning + "; if it is right, PHP fails at the vTiger server: see its error log.",
	"301":         redirecting,
	"302":         redirecting,
	"303":         redirecting,
	"307":         redirecting,
	"308":         redirecting,
	"401":         guarded,
	"403":         guarded,
	"404":         "There is no vTiger at this address: webservice.php was not found. " + beginning + ".",
	"500":         "PHP or the database fails at the vTiger server: see whether vTiger opens in a browser, and its error logs.",
	"502":         "The web server answers, but PHP does not: see whether vTiger opens in a browser.",
}
