package api

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"contactbridge/internal/contact"
	"contactbridge/internal/integration"
	"contactbridge/internal/ledger"
)

// failure translates whatever a handler returns into a problem, and logs what the client cannot mend. The texts of
// errors go to the log only; they hold no contact's data and no secret.
func (s *Server) failure(ctx context.Context, doing string, err error) *problem {
	p := translate(err)
	switch {
	case ctx.Err() != nil: // the client hung up
	case p.Kind == internal:
		s.Log.ErrorContext(ctx, "a call failed", "call", doing, "error", err.Error())
	case p.Status >= http.StatusInternalServerError:
		s.Log.WarnContext(ctx, "a call failed", "call", doing, "error", err.Error())
	case p.Kind == needsAdmin:
		s.Log.LogAttrs(ctx, slog.LevelWarn, "an administrator is needed", slog.String("call", doing), slog.String("error", err.Error()))
	}
	return p
}

// translate finds the kind and the sentence.
func translate(err error) *problem {
	var ready *problem
	var side *contact.Error
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.Is(err, integration.ErrNeedsSetup):
		return refuse(needsSetup, contact.SentenceOf(err))
	case errors.As(err, &side):
		return ofSideError(side)
	case errors.Is(err, ledger.ErrNotFound):
		return refuse(notFound, "There is nothing with this id, or it belongs to somebody else.")
	case errors.Is(err, ledger.ErrMoved):
		return refuse(changed, "Somebody else changed it after you read it; read it again.")
	case errors.Is(err, ledger.ErrConflict):
		return refuse(conflict, "It does not fit what exists already.")
	}
	return refuse(internal, "An internal error occurred; the service's log says more.")
}

// ofSideError keeps the sentence, and the side's wish to wait.
func ofSideError(e *contact.Error) *problem {
	k, known := ofSide[e.Kind]
	if !known {
		k = internal
	}
	p := refuse(k, contact.SentenceOf(e))
	if e.RetryAfter > 0 {
		p.header.Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	return p
}
