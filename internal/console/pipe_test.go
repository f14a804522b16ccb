package console

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// chromium is a headless browser that is driven through a pipe by the Chrome DevTools Protocol: messages of JSON, each
// ended by a zero byte. It opens no port.
type chromium struct {
	process *exec.Cmd
	profile string
	to      io.WriteCloser

	mu      sync.Mutex
	last    int
	waiting map[int]chan message
	heard   func(session string, m message) // of what the browser tells by itself; it must not block
	ended   error
}

type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// launch starts a browser with a profile of its own.
func launch(program string, heard func(string, message)) (*chromium, error) {
	profile, err := os.MkdirTemp("", "contactbridge-chromium-")
	if err != nil {
		return nil, err
	}
	theirsIn, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	from, theirsOut, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	c := &chromium{profile: profile, to: ours, waiting: map[int]chan message{}, heard: heard}
	c.process = exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
		"--user-data-dir="+profile, "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-sync",
		"--disable-component-update", "--disable-extensions", "--disable-default-apps", "--force-color-profile=srgb", "--hide-scrollbars", "about:blank")
	c.process.ExtraFiles = []*os.File{theirsIn, theirsOut} // 3 and 4, as the browser expects
	// The browser is a tree of processes: all of them end together.
	c.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.process.Start(); err != nil {
		return nil, err
	}
	go c.listen(bufio.NewReader(from))
	return c, errors.Join(theirsIn.Close(), theirsOut.Close())
}

// listen gives answers to whom they belong until the browser ends.
func (c *chromium) listen(from *bufio.Reader) {
	for {
		raw, err := from.ReadBytes(0)
		var m message
		if err == nil {
			err = json.Unmarshal(raw[:len(raw)-1], &m)
		}
		c.mu.Lock()
		if err != nil {
			c.ended = fmt.Errorf("the browser speaks no more: %w", err)
			for id, answer := range c.waiting {
				delete(c.waiting, id)
				close(answer)
			}
			c.mu.Unlock()
			return
		}
		answer := c.waiting[m.ID]
		delete(c.waiting, m.ID)
		c.mu.Unlock()
		if answer != nil {
			answer <- m
		} else if m.Method != "" {
			c.heard(m.Session, m)
		}
	}
}

// call sends a command and decodes its result into out, unless that is nil.
func (c *chromium) call(ctx context.Context, session, method string, params, out any) error {
	raw, err := json.Marshal(params)
	if err != nil {
		return err
	}
	answer := make(chan message, 1)
	c.mu.Lock()
	c.last++
	id := c.last
	if err = c.ended; err == nil {
		c.waiting[id] = answer
		var line []byte
		line, err = json.Marshal(message{ID: id, Session: session, Method: method, Params: raw})
		if err == nil {
			_, err = c.to.Write(append(line, 0))
		}
	}
	c.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	case m, alive := <-answer:
		switch {
		case !alive:
			return fmt.Errorf("%s: %w", method, c.ended)
		case m.Error != nil:
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		case out != nil:
			return json.Unmarshal(m.Result, out)
		}
		return nil
	}
}

// stop ends the browser and removes its profile.
func (c *chromium) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = c.call(ctx, "", "Browser.close", struct{}{}, nil)
	ended := make(chan struct{})
	go func() { _ = c.process.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-ctx.Done():
	}
	_ = syscall.Kill(-c.process.Process.Pid, syscall.SIGKILL)
	<-ended
	_ = os.RemoveAll(c.profile)
}
