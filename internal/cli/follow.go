package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"contactbridge/internal/client"
)

const (
	// quiet is how long events may be silent before the run is asked for: proxies hold them back, and lines die unseen.
	quiet = 3 * time.Second
	// patience is how long the service may be away while a run is followed.
	patience = time.Minute
)

// sight is a run as it was last seen.
type sight struct {
	run client.RunView
	raw []byte
}

// follow shows a run's progress until it has ended: by events, and by asking where they stay away. Whoever has enough
// leaves it at work.
func (c *call) follow(ctx context.Context, r client.RunView) (client.RunView, []byte, error) {
	listening, stop := context.WithCancel(ctx)
	defer stop()
	events := make(chan sight)
	go c.listen(listening, r.ID, events)
	show := c.progress()
	defer show.end()
	lost := time.Time{} // since when nobody answers
	for {
		show.update(r)
		now := sight{}
		select {
		case <-ctx.Done():
			show.end()
			return r, nil, detached(r)
		case now = <-events:
		case <-time.After(quiet):
			a, err := ask(c.api.GetRunWithResponse(ctx, r.ID))
			switch {
			case ctx.Err() != nil:
				continue
			case err != nil && codeOf(err) == NoAnswer && (lost.IsZero() || time.Since(lost) < patience):
				if lost.IsZero() {
					lost = time.Now()
				}
				continue
			case err != nil:
				return r, nil, err
			}
			now = sight{*a.JSON200, a.Body}
		}
		lost, r = time.Time{}, now.run
		if r.EndedAt != nil {
			show.update(r)
			return r, now.raw, nil
		}
	}
}

// detached says that the run goes on without its follower.
func detached(r client.RunView) error {
	return &Failure{
		Code: Failed, Kind: "detached",
		Sentence: fmt.Sprintf("The %s goes on. Follow it again with contactbridge follow %s, or stop it with contactbridge cancel %s.", kindOf(r), r.ID, r.ID),
	}
}

// listen gives what the server's events show, asking anew whenever their stream ends.
func (c *call) listen(ctx context.Context, id string, to chan<- sight) {
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, 30*time.Second) {
		response, err := c.api.ClientInterface.FollowRun(ctx, id)
		if err == nil {
			err = eachEvent(response, func(data []byte) error {
				s := sight{raw: data}
				if err := json.Unmarshal(data, &s.run); err != nil {
					return err
				}
				wait = time.Second
				select {
				case to <- s:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
		}
		if err != nil && pause(ctx, wait) != nil {
			return
		}
	}
}
