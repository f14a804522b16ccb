package console

import (
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var screenshots = flag.Bool("screenshots", false, "take the pictures of docs/screenshots anew")

// axe is axe-core 4.14.1 by Deque Systems, under the Mozilla Public License 2.0 (testdata/axe.LICENSE), as npm has it. Only tests use it.
//
//go:embed testdata/axe.min.js
var axe string

// theBrowser is the one browser of all tests; each has pages of its own, which share no cookies.
var theBrowser struct {
	once sync.Once
	*chromium
	err error

	mu   sync.Mutex
	tabs map[string]*tab
}

// programs are what Chromium is called.
var programs = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

func chromiumFor(t testing.TB) *chromium {
	t.Helper()
	b := &theBrowser
	b.once.Do(func() {
		b.tabs = map[string]*tab{}
		for _, name := range programs {
			path, err := exec.LookPath(name)
			if err == nil {
				b.chromium, b.err = launch(path, hear)
				return
			}
			b.err = err
		}
	})
	if b.err != nil {
		missing := "there is no Chromium on this machine (Debian: apt-get install chromium): " + b.err.Error()
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	return b.chromium
}

func stopChromium() {
	if theBrowser.chromium != nil {
		theBrowser.stop()
	}
}

// hear notes what pages complain of, and when one is loaded.
func hear(session string, m message) {
	theBrowser.mu.Lock()
	t := theBrowser.tabs[session]
	theBrowser.mu.Unlock()
	if t == nil {
		return
	}
	switch m.Method {
	case "Page.loadEventFired":
		select {
		case t.loaded <- struct{}{}:
		default:
		}
	case "Runtime.exceptionThrown", "Log.entryAdded":
		for _, other := range []string{`"source":"network"`, `"source":"recommendation"`} { // a page whose status is an error; advice
			if strings.Contains(string(m.Params), other) {
				return
			}
		}
		t.mu.Lock()
		t.complaints = append(t.complaints, string(m.Params))
		t.mu.Unlock()
	case "Network.requestWillBeSent":
		var p struct{ Request struct{ URL string } }
		if json.Unmarshal(m.Params, &p) == nil && !strings.HasPrefix(p.Request.URL, "data:") { // the browser's own icons
			t.mu.Lock()
			t.asked = append(t.asked, p.Request.URL)
			t.mu.Unlock()
		}
	}
}

// tab is a page of Chromium as a person sees it.
type tab struct {
	*rig
	ctx     context.Context
	browser *chromium
	session string
	context string // its cookies
	loaded  chan struct{}
	off     bool // no scripts

	mu         sync.Mutex
	complaints []string // of scripts and of the page's policy
	asked      []string // addresses that it fetched
}

// chromium opens a tab of a browser in which nobody is signed in, 1280 pixels wide and light.
func (r *rig) chromium() *tab {
	r.t.Helper()
	c := chromiumFor(r.t)
	ctx, cancel := context.WithTimeout(r.t.Context(), 2*time.Minute)
	r.t.Cleanup(cancel)
	t := &tab{rig: r, ctx: ctx, browser: c, loaded: make(chan struct{}, 1)}
	var of struct {
		BrowserContextID string `json:"browserContextId"`
		TargetID         string `json:"targetId"`
		SessionID        string `json:"sessionId"`
	}
	t.must("Target.createBrowserContext", struct{}{}, &of)
	r.t.Cleanup(func() {
		_ = c.call(context.Background(), "", "Target.disposeBrowserContext", map[string]string{"browserContextId": of.BrowserContextID}, nil)
	})
	t.must("Target.createTarget", map[string]any{"url": "about:blank", "browserContextId": of.BrowserContextID}, &of)
	t.must("Target.attachToTarget", map[string]any{"targetId": of.TargetID, "flatten": true}, &of)
	t.session, t.context = of.SessionID, of.BrowserContextID
	theBrowser.mu.Lock()
	theBrowser.tabs[t.session] = t
	theBrowser.mu.Unlock()
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		t.must(domain+".enable", struct{}{}, nil)
	}
	t.width(1280)
	t.theme("light")
	return t
}

// chromiumAs is a tab with somebody of the cast signed in.
func (r *rig) chromiumAs(name string) *tab {
	r.t.Helper()
	t := r.chromium()
	t.open("/sign-in")
	t.fill("field-username", name)
	t.fill("field-password", "demo-"+name)
	t.press("main form button")
	return t
}

func (t *tab) must(method string, params, out any) {
	t.t.Helper()
	require.NoError(t.t, t.browser.call(t.ctx, t.session, method, params, out))
}

// theme is light or dark.
func (t *tab) theme(name string) {
	t.must("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{
		{"name": "prefers-color-scheme", "value": name}, {"name": "prefers-reduced-motion", "value": "reduce"}, // or colours would still be on their way
	}}, nil)
}

// width is the window's, in pixels.
func (t *tab) width(pixels int) {
	t.must("Emulation.setDeviceMetricsOverride", map[string]any{"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
}

// scripts can be off. What was loaded without them stays so.
func (t *tab) scripts(on bool) {
	t.off = !on
	t.must("Emulation.setScriptExecutionDisabled", map[string]any{"value": !on}, nil)
}

// open opens a page of ours and waits until it is there.
func (t *tab) open(path string) {
	t.t.Helper()
	t.then(func() { t.must("Page.navigate", map[string]string{"url": t.resolve(path)}, nil) })
}

// then does what leads to another page, and waits for that.
func (t *tab) then(do func()) {
	t.t.Helper()
	select {
	case <-t.loaded:
	default:
	}
	do()
	select {
	case <-t.loaded:
	case <-t.ctx.Done():
		require.Fail(t.t, "no page came")
	case <-time.After(30 * time.Second):
		require.Fail(t.t, "no page came within 30 s", t.text())
	}
}

// press clicks what a selector names, as a mouse would, and waits for the page that follows.
func (t *tab) press(selector string) {
	t.t.Helper()
	t.then(func() { t.click(selector) })
}

// click clicks what a selector names, as a mouse would. It works without scripts too.
func (t *tab) click(selector string) {
	t.t.Helper()
	quads, err := t.quads(t.node(selector))
	for err != nil { // the page showed itself anew in between
		require.ErrorContains(t.t, err, "Could not find node")
		quads, err = t.quads(t.node(selector))
	}
	require.NotEmpty(t.t, quads, "%s is not to be seen", selector)
	q := quads[0]
	x, y := (q[0]+q[4])/2, (q[1]+q[5])/2
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		t.must("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}, nil)
	}
}

// quads tells where an element is to be seen.
func (t *tab) quads(id int) ([][]float64, error) {
	node := map[string]any{"nodeId": id}
	if err := t.browser.call(t.ctx, t.session, "DOM.scrollIntoViewIfNeeded", node, nil); err != nil {
		return nil, err
	}
	var box struct {
		Quads [][]float64 `json:"quads"`
	}
	err := t.browser.call(t.ctx, t.session, "DOM.getContentQuads", node, &box)
	return box.Quads, err
}

// fill types into an element.
func (t *tab) fill(id, text string) {
	t.t.Helper()
	t.must("DOM.focus", map[string]any{"nodeId": t.node(`[id="` + id + `"]`)}, nil)
	t.must("Input.insertText", map[string]string{"text": text}, nil)
}

// key presses a key, such as Tab.
func (t *tab) key(name string, code int) {
	t.t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		t.must("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code}, nil)
	}
}

// node finds an element.
func (t *tab) node(selector string) int {
	t.t.Helper()
	var found struct{ NodeID int }
	for {
		var document struct{ Root struct{ NodeID int } }
		t.must("DOM.getDocument", struct{}{}, &document)
		err := t.browser.call(t.ctx, t.session, "DOM.querySelector", map[string]any{"nodeId": document.Root.NodeID, "selector": selector}, &found)
		if err == nil {
			break
		}
		// The page may show itself anew in between; a tab that hangs ends with its context.
		require.ErrorContains(t.t, err, "Could not find node")
	}
	require.NotZero(t.t, found.NodeID, "there is no %s on the page: %s", selector, t.text())
	return found.NodeID
}

// eval evaluates an expression, waits for a promise, and decodes its value.
func (t *tab) eval(expression string, out any) {
	t.t.Helper()
	var a struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	t.must("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &a)
	require.Empty(t.t, string(a.ExceptionDetails), expression)
	if out != nil {
		require.NoError(t.t, json.Unmarshal(a.Result.Value, out))
	}
}

// text is what a person sees of the page.
func (t *tab) text() (text string) {
	t.t.Helper()
	t.eval("document.body.innerText", &text)
	return strings.Join(strings.Fields(text), " ")
}

// at is the path of the page's address.
func (t *tab) at() (path string) {
	t.t.Helper()
	t.eval("location.pathname", &path)
	return path
}

// says waits until the page says a sentence.
func (t *tab) says(sentence string) {
	t.t.Helper()
	require.Eventually(t.t, func() bool {
		// The page may be leaving, with nothing to read yet.
		var a struct{ Result struct{ Value string } }
		err := t.browser.call(t.ctx, t.session, "Runtime.evaluate", map[string]any{"expression": "document.body?.innerText ?? ''"}, &a)
		return err == nil && strings.Contains(strings.Join(strings.Fields(a.Result.Value), " "), sentence)
	}, 20*time.Second, 20*time.Millisecond, "the page never says: %s", sentence)
}

// fine demands that nothing on the page broke its policy or failed in a script, and that nothing came from elsewhere.
func (t *tab) fine() {
	t.t.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	require.Empty(t.t, t.complaints)
	for _, address := range t.asked {
		require.True(t.t, strings.HasPrefix(address, t.url+"/"), address)
	}
}

// accessible demands that axe-core finds nothing on the page as it is now, light on a wide screen and dark on a phone, and
// that nothing has to be scrolled sideways there.
func accessible(t *tab) {
	t.t.Helper()
	if t.off { // axe is a script itself
		t.scripts(true)
		defer t.scripts(false)
	}
	for _, as := range []struct {
		theme string
		width int
	}{{"light", 1280}, {"dark", 360}} {
		t.width(as.width)
		t.theme(as.theme)
		t.axe(fmt.Sprintf("%s, %s at %d px", t.at(), as.theme, as.width))
	}
	var wide int
	t.eval("document.documentElement.scrollWidth", &wide)
	require.LessOrEqual(t.t, wide, 360, "%s is too wide for a phone", t.at())
	t.width(1280)
	t.theme("light")
}

func (t *tab) axe(where string) {
	t.t.Helper()
	var loaded bool
	if t.eval("typeof axe === 'object'", &loaded); !loaded {
		t.eval(axe+";0", nil)
	}
	var found []struct {
		ID, Help string
		Nodes    []struct{ HTML, FailureSummary string }
	}
	t.eval(`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"]})`+
		`.then(r => r.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.map(n => ({HTML: n.html, FailureSummary: n.failureSummary}))})))`, &found)
	require.Empty(t.t, found, where)
}

// picture takes docs/screenshots/name-theme.png of the whole page in both themes if asked for by -screenshots, and to look at
// once, in the folder for temporary files, as a phone shows it.
func (t *tab) picture(name string) {
	t.t.Helper()
	if !*screenshots {
		return
	}
	folder, phone := filepath.Join("..", "..", "docs", "screenshots"), filepath.Join(os.TempDir(), "contactbridge-phone")
	require.NoError(t.t, os.MkdirAll(folder, 0o755))
	require.NoError(t.t, os.MkdirAll(phone, 0o755))
	for _, theme := range []string{"light", "dark"} {
		t.theme(theme)
		t.width(1280)
		t.shoot(filepath.Join(folder, name+"-"+theme+".png"))
		t.width(360)
		t.shoot(filepath.Join(phone, name+"-"+theme+".png"))
	}
	t.theme("light")
	t.width(1280)
}

func (t *tab) shoot(file string) {
	t.t.Helper()
	var a struct{ Data string }
	t.must("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true}, &a)
	raw, err := base64.StdEncoding.DecodeString(a.Data)
	require.NoError(t.t, err)
	require.NoError(t.t, os.WriteFile(file, raw, 0o644))
}
