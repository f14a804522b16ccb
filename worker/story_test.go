package worker_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var updateStories = flag.Bool("update", false, "write what the stories' syncs do now into their files")

var brokenStories = flag.Bool("broken", false, "play the stories that do not hold yet instead of those that do")

// Every file of testdata/stories is a piece of the product's specification, and holds. What a sync does is compared with
// what stands below its sentence, and rewritten by -update; what both sides show in the end is written by hand only, so
// that no update hides a wrong result.
func TestStories(t *testing.T) {
	kind := "*.txt"
	if *brokenStories {
		kind = "*.broken"
	}
	paths, err := filepath.Glob(filepath.Join("testdata", "stories", kind))
	require.NoError(t, err)
	require.True(t, len(paths) > 0 || *brokenStories)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), func(t *testing.T) {
			t.Parallel()
			told, err := readScript(path)
			require.NoError(t, err)
			newStory(t).tell(&told)
			if *updateStories && !t.Failed() {
				require.NoError(t, os.WriteFile(path, []byte(told.String()), 0o644))
			}
		})
	}
}

// tell plays a script from its first line to its last, and then demands that both sides have come to rest.
func (s *story) tell(told *script) {
	for i := range told.lines {
		l := &told.lines[i]
		if !l.sentence {
			continue
		}
		s.at = l
		if err := s.say(strings.TrimSpace(l.text)); err != nil {
			s.t.Fatalf("%s:%d: %s\n%v", told.path, l.number, l.text, err)
		}
		s.compare(told.path, l)
	}
	for _, came := range s.due {
		require.True(s.t, came(), "%s: a trouble of the story never came", told.path)
	}
	require.True(s.t, s.dying == nil && len(s.between) == 0 && len(s.after) == 0, "%s: it ends before something that it announces", told.path)
	require.Positive(s.t, s.facts, "%s: it never says what a side shows in the end", told.path)
	s.rest(told.path)
}

// compare holds what a sentence brought about against what the file says.
func (s *story) compare(path string, l *line) {
	if *updateStories {
		l.outcome = s.outcome
	} else if difference := unlike(l.outcome, s.outcome); difference != "" {
		s.t.Errorf("%s:%d: %s\nwhat only the file says is marked -, what only happened +\n%s", path, l.number, l.text, difference)
	}
	s.outcome = nil
}

// rest demands that one more sync of everybody writes nothing, finds nothing and leaves nothing.
func (s *story) rest(path string) {
	if s.restless {
		return
	}
	for _, x := range s.everybody() {
		before := s.writes()
		require.NoError(s.t, s.serve(x, asked{}), "%s: one more sync of %s", path, x.Name)
		require.Equal(s.t, []string{"nothing"}, s.happened(x), "%s: one more sync of %s", path, x.Name)
		require.Equal(s.t, before, s.writes(), "%s: one more sync of %s writes something", path, x.Name)
	}
}

// complaints is how many kinds of complaint about such products were collected, B1 to B15; each story names those it answers.
const complaints = 15

// No complaint is without a story.
func TestStoriesAnswerEveryComplaint(t *testing.T) {
	t.Parallel()
	var told strings.Builder
	paths, err := filepath.Glob(filepath.Join("testdata", "stories", "*.txt"))
	require.NoError(t, err)
	for _, path := range paths {
		s, err := readScript(path)
		require.NoError(t, err)
		told.WriteString(strings.Join(s.prose, " ") + "\n")
	}
	for n := 1; n <= complaints; n++ {
		require.Regexp(t, fmt.Sprintf(`\bB%d\b`, n), told.String())
	}
}
