package workflows

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// Schedule is how often a connection syncs by itself.
type Schedule struct {
	Connection string
	Every      time.Duration
	Offset     time.Duration // of its moment in each interval
	Paused     string        // why it does not; empty when it does
}

func (s Schedule) spec() client.ScheduleSpec {
	return client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: s.Every, Offset: s.Offset}}}
}

func (s Schedule) action() *client.ScheduleWorkflowAction {
	return &client.ScheduleWorkflowAction{
		ID: "request/" + s.Connection, Workflow: RequestSync, Args: []any{s.Connection}, TaskQueue: TaskQueue,
		StaticSummary: "Ask for the sync of connection " + s.Connection,
	}
}

// Schedules are the schedules that Temporal has.
type Schedules struct{ Client client.Client }

// List gives Temporal's schedules of ours. What was changed a moment ago may not show yet.
func (x Schedules) List(ctx context.Context) (map[string]Schedule, error) {
	out := map[string]Schedule{}
	list, err := x.Client.ScheduleClient().List(ctx, client.ScheduleListOptions{})
	if err != nil {
		return nil, fmt.Errorf("list the schedules: %w", err)
	}
	for list.HasNext() {
		entry, err := list.Next()
		if err != nil {
			return nil, fmt.Errorf("list the schedules: %w", err)
		}
		connection, ours := strings.CutPrefix(entry.ID, schedulePrefix)
		if !ours {
			continue
		}
		s := Schedule{Connection: connection}
		if entry.Spec != nil && len(entry.Spec.Intervals) == 1 {
			s.Every, s.Offset = entry.Spec.Intervals[0].Every, entry.Spec.Intervals[0].Offset
		}
		if entry.Paused {
			s.Paused = entry.Note
		}
		if entry.Paused && s.Paused == "" {
			s.Paused = "Paused by hand."
		}
		out[connection] = s
	}
	return out, nil
}

// Put makes Temporal's schedule of a connection what it is to be.
func (x Schedules) Put(ctx context.Context, s Schedule) error {
	err := x.change(ctx, s)
	var none *serviceerror.NotFound
	if !errors.As(err, &none) {
		return err
	}
	_, err = x.Client.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: ScheduleID(s.Connection), Spec: s.spec(), Action: s.action(), Paused: s.Paused != "", Note: s.Paused,
		Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_SKIP, CatchupWindow: catchup,
	})
	if err != nil && !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return fmt.Errorf("make the schedule of connection %s: %w", s.Connection, err)
	}
	return nil
}

// catchup is how late a run of the schedule may begin that was due while Temporal was down; one is enough, and the next is
// never far.
const catchup = time.Minute

// change updates a schedule that exists; serviceerror.NotFound.
func (x Schedules) change(ctx context.Context, s Schedule) error {
	err := x.Client.ScheduleClient().GetHandle(ctx, ScheduleID(s.Connection)).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			now := in.Description.Schedule
			spec := s.spec()
			now.Spec, now.Action = &spec, s.action()
			now.State.Paused, now.State.Note = s.Paused != "", s.Paused
			return &client.ScheduleUpdate{Schedule: &now}, nil
		},
	})
	if err != nil {
		return fmt.Errorf("change the schedule of connection %s: %w", s.Connection, err)
	}
	return nil
}

// Remove ends the schedule of a connection that is no more.
func (x Schedules) Remove(ctx context.Context, connection string) error {
	err := x.Client.ScheduleClient().GetHandle(ctx, ScheduleID(connection)).Delete(ctx)
	var none *serviceerror.NotFound
	if err != nil && !errors.As(err, &none) {
		return fmt.Errorf("remove the schedule of connection %s: %w", connection, err)
	}
	return nil
}

// Working tells whether the connection's workflow runs.
func (x Schedules) Working(ctx context.Context, connection string) (bool, error) {
	d, err := x.Client.DescribeWorkflowExecution(ctx, ID(connection), "")
	var none *serviceerror.NotFound
	if errors.As(err, &none) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ask for the workflow of connection %s: %w", connection, err)
	}
	return d.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
}
