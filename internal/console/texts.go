package console

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed texts/*.txt
var textFiles embed.FS

// texts are all words of the console by key: the name of the file, a dot, and the name in it.
type texts map[string]string

var catalogue = mustRead(textFiles)

func mustRead(files fs.FS) texts {
	t, err := readTexts(files)
	if err != nil {
		panic(err)
	}
	return t
}

// readTexts reads lines of the form "name = text"; an indented line goes on with the text above, # begins a comment.
func readTexts(files fs.FS) (texts, error) {
	t := texts{}
	names, err := fs.Glob(files, "texts/*.txt")
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		if err := t.add(strings.TrimSuffix(path.Base(name), ".txt"), string(raw)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return t, err
}

func (t texts) add(room, raw string) error {
	last := ""
	for n, line := range strings.Split(raw, "\n") {
		name, text, found := strings.Cut(line, " = ")
		switch {
		case strings.TrimSpace(line) == "", strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, " ") && last != "":
			t[last] += " " + strings.TrimSpace(line)
		case !found || t.has(room+"."+name):
			return fmt.Errorf("line %d is no text, or says again what another one says", n+1)
		default:
			last = room + "." + name
			t[last] = strings.TrimSpace(text)
		}
	}
	return nil
}

func (t texts) has(key string) bool { _, found := t[key]; return found }

// say is the text of a key, with its values in place. A key that is missing shows itself; a test finds it first.
func say(key string, args ...any) string {
	text, found := catalogue[key]
	if !found {
		return key
	}
	text = strings.NewReplacer("*", "", "`", "").Replace(text)
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// word is how people read a value of the API, such as a state; a value without a text is shown as it is.
func word(family string, value any) string {
	if key := fmt.Sprintf("%s.%v", family, value); catalogue.has(key) {
		return say(key)
	}
	return fmt.Sprint(value)
}

// family are all values that have a word in a family, by their words.
func family(of string) (options []option) {
	for key, text := range catalogue {
		if value, is := strings.CutPrefix(key, of+"."); is {
			options = append(options, option{Value: value, Text: text})
		}
	}
	slices.SortFunc(options, func(a, b option) int { return strings.Compare(a.Text, b.Text) })
	return options
}

// counted is a text of a number: key.one for 1, else key.many.
func counted(key string, n any) string {
	if fmt.Sprint(n) == "1" {
		return say(key + ".one")
	}
	return say(key+".many", n)
}

// rich is say with *strong words* and `names to type`. Only the catalogue can hold marks: values are escaped.
func rich(key string, args ...any) template.HTML {
	escaped := make([]any, len(args))
	for i, a := range args {
		escaped[i] = template.HTMLEscaper(a)
	}
	text := template.HTMLEscapeString(catalogue[key])
	for mark, tag := range map[string]string{"*": "strong", "`": "code"} {
		parts := strings.Split(text, mark)
		for i := 1; i < len(parts); i += 2 {
			parts[i] = "<" + tag + ">" + parts[i] + "</" + tag + ">"
		}
		text = strings.Join(parts, "")
	}
	if len(args) > 0 {
		text = fmt.Sprintf(text, escaped...)
	}
	return template.HTML(text)
}
