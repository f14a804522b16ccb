package worker_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// script is a story's file: what it is about, in prose, and below a line of dashes what happens, one sentence a line.
// Indented lines that begin with a bar stand below the sentence whose outcome they tell.
type script struct {
	path  string
	prose []string
	lines []line
}

// line is a sentence with its outcome, or a remark or an empty line, which is kept as it is.
type line struct {
	number   int
	text     string
	outcome  []string
	sentence bool
}

const outcomeMark = "  | "

func readScript(path string) (script, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return script{}, err
	}
	s := script{path: path}
	below := false
	for i, text := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		switch {
		case !below:
			s.prose = append(s.prose, text)
			below = strings.HasPrefix(text, "---")
		case strings.HasPrefix(strings.TrimSpace(text), "|"):
			if len(s.lines) == 0 || !s.lines[len(s.lines)-1].sentence {
				return s, fmt.Errorf("line %d tells an outcome of nothing", i+1)
			}
			last := &s.lines[len(s.lines)-1]
			last.outcome = append(last.outcome, strings.TrimPrefix(strings.TrimSpace(text)[1:], " "))
		default:
			said := strings.TrimSpace(text)
			s.lines = append(s.lines, line{number: i + 1, text: text, sentence: said != "" && !strings.HasPrefix(said, "#")})
		}
	}
	if !below || len(s.prose) < 4 {
		return s, fmt.Errorf("a story needs a title, an empty line, some sentences of prose, and a line of dashes")
	}
	return s, nil
}

// String is the file with the outcomes that the lines have now.
func (s script) String() string {
	var out strings.Builder
	for _, text := range s.prose {
		out.WriteString(text + "\n")
	}
	for _, l := range s.lines {
		out.WriteString(l.text + "\n")
		for _, o := range l.outcome {
			out.WriteString(outcomeMark + o + "\n")
		}
	}
	return out.String()
}

// unlike shows two outcomes line by line, with what only one of them says marked; empty when they are the same.
func unlike(want, got []string) string {
	if slices.Equal(want, got) {
		return ""
	}
	return marked("-", want, got) + marked("+", got, want)
}

// marked lists the lines, with the mark before those that the other list has not.
func marked(mark string, list, other []string) string {
	var out strings.Builder
	for _, l := range list {
		shown := " "
		if !slices.Contains(other, l) {
			shown = mark
		}
		fmt.Fprintf(&out, "    %s %s\n", shown, l)
	}
	return out.String() + "    ------\n"
}
