package console

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

var (
	comments  = regexp.MustCompile(`(?s)\{\{/\*.*?\*/\}\}`)
	actions   = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	shownText = regexp.MustCompile(`(?s)\s(?:alt|title|placeholder|aria-label|label|content)="([^"]*)"`)
	word1     = regexp.MustCompile(`\pL`)
	loose     = regexp.MustCompile(`\s[\w-]+="[^"]*"`) // attributes of a part that stands in a tag
	entity    = regexp.MustCompile(`&#?\w+;`)

	// used are the ways in which code and templates name a text.
	used = []*regexp.Regexp{
		regexp.MustCompile(`\b(?:t|rich|say|confirm) "([^"]+)"`), regexp.MustCompile(`\b(?:say|rich|done|doneAt|confirm)\((?:[^"()]*,\s*)?"([a-z]\w*(?:\.\w+)+)"`),
		regexp.MustCompile(`\.Named "[^"]+" "([^"]+)"`), regexp.MustCompile(`\bwrong\([^,()]+, "([^"]+)"`),
	}
	counts   = regexp.MustCompile(`\bn "([^"]+)"|\bcounted\("([^"]+)"`)
	families = regexp.MustCompile(`\bword\(?[ (]*"([^"]+)"`)
	fields   = regexp.MustCompile(`\.Field "([^"]+)"`)
	choices  = regexp.MustCompile(`\.Of "([^"]+)"((?: "[^"]+")+)`)
	asked    = regexp.MustCompile(`\bconfirm\(? ?"([a-z]\w*(?:\.\w+)+)"`)
)

// sources are the templates and the code of the console, without tests.
func sources(t *testing.T) map[string]string {
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || (filepath.Ext(path) != ".go" && filepath.Ext(path) != ".html") {
			return err
		}
		raw, err := os.ReadFile(path)
		all[path] = comments.ReplaceAllString(string(raw), "")
		return err
	}))
	return all
}

// No template holds a word that a person reads: all of them are in the catalogue.
func TestTemplatesHoldNoWords(t *testing.T) {
	for path, source := range sources(t) {
		if filepath.Ext(path) != ".html" {
			continue
		}
		plain := actions.ReplaceAllString(source, "")
		for _, m := range shownText.FindAllStringSubmatch(plain, -1) {
			if !slices.Contains([]string{"width=device-width, initial-scale=1", "light dark", "noindex"}, m[1]) {
				require.NotRegexp(t, word1, m[1], "%s: an attribute that is read", path)
			}
		}
		text := loose.ReplaceAllString(entity.ReplaceAllString(anyTag.ReplaceAllString(plain, " "), " "), "")
		require.NotRegexp(t, word1, text, path)
	}
}

// Every text is used, and every text that is asked for is there.
func TestTextsAreUsedAndThere(t *testing.T) {
	wanted, prefixes := map[string]string{}, map[string]bool{}
	for path, source := range sources(t) {
		room := strings.TrimSuffix(filepath.Base(path), ".html")
		note := func(key string) {
			if !strings.Contains(key, "%") {
				wanted[key] = path
			}
		}
		for _, expression := range used {
			for _, m := range expression.FindAllStringSubmatch(source, -1) {
				note(m[1])
			}
		}
		for _, m := range fields.FindAllStringSubmatch(source, -1) {
			note(room + "." + m[1])
		}
		for _, m := range choices.FindAllStringSubmatch(source, -1) {
			for _, value := range strings.Fields(m[2]) {
				note(m[1] + "." + strings.Trim(value, `"`))
			}
		}
		for _, m := range asked.FindAllStringSubmatch(source, -1) {
			note(m[1] + ".ask")
			note(m[1] + ".yes")
		}
		for _, m := range counts.FindAllStringSubmatch(source, -1) {
			note(m[1] + m[2] + ".one")
			note(m[1] + m[2] + ".many")
		}
		for _, m := range families.FindAllStringSubmatch(source, -1) {
			prefixes[m[1]+"."] = true
		}
	}
	for _, p := range pages() {
		if slices.Contains(order, p.path) {
			wanted[p.name+".nav"] = "the navigation"
		}
	}
	require.Greater(t, len(wanted), 40, "the search finds what it is to find")
	for key, path := range wanted {
		require.True(t, catalogue.has(key), "%s asks for %s", path, key)
	}
	for key := range catalogue {
		base := strings.TrimSuffix(key, ".help")
		family := false
		for prefix := range prefixes {
			family = family || strings.HasPrefix(key, prefix)
		}
		require.True(t, wanted[key] != "" || wanted[base] != "" || family, "nobody uses the text %s", key)
	}
}

func TestTextsThatCannotBeReadStopTheProgram(t *testing.T) {
	for _, wrong := range []string{"a = one\na = two\n", "no equals sign\n", "a=one\n"} {
		_, err := readTexts(fstest.MapFS{"texts/x.txt": {Data: []byte(wrong)}})
		require.Error(t, err, wrong)
	}
	all, err := readTexts(fstest.MapFS{"texts/x.txt": {Data: []byte("# note\na = one = 1\n  and more\n\nb = two\n")}})
	require.NoError(t, err)
	require.Equal(t, texts{"x.a": "one = 1 and more", "x.b": "two"}, all)
}

func TestMarksOfTextsNeverComeFromValues(t *testing.T) {
	catalogue["test.rich"] = "*Open* `%s` & go"
	defer delete(catalogue, "test.rich")
	require.Equal(t, "<strong>Open</strong> <code>&lt;b&gt;*x*&lt;/b&gt;</code> &amp; go", string(rich("test.rich", "<b>*x*</b>")))
	require.Equal(t, "Open <b> & go", say("test.rich", "<b>"))
}
